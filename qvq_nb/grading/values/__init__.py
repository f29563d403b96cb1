"""What may stand in an answer: numbers, units, expressions, substances. Knows nothing of right and wrong."""
