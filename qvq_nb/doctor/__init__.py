"""Is this machine sound for the lessons, and the repair where it is not. Installs nothing."""
