"""The measured parts of the model card, from what `qvq-nb evaluate --json` counted. Measures nothing."""
