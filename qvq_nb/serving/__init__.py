"""One model for several programs or people: a server on this machine. What asks it is `inference`."""
