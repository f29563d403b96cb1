"""Pictures and controls for lessons. Computes nothing that a terminal would want, too."""
