"""A model at full size without its weights: does it load, and how fast. Never shows its text."""
