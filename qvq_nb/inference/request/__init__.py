"""One request to a server: what is sent, over which connection, and what can go wrong."""
