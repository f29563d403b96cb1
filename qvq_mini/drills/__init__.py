"""What is practised apart from the cases: reading, and arithmetic on text alone. Knows no case's question."""
