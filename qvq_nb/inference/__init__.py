"""Load a model and ask it. Not where the questions come from, nor whether an answer is right."""
