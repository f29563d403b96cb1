"""An answer against what is true: numbers, substances, verdicts. Names no family of cases."""
