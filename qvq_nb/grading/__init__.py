"""An answer against a target: numbers, substances, names, verdicts. Knows no family of cases and no facts."""
