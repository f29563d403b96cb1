"""Will it fit, where, and how fast at best: calculated from a configuration. Loads no weights."""
