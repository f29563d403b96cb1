"""How a model comes into memory: what was wished for, where it is put, in which format. Asks it nothing."""
