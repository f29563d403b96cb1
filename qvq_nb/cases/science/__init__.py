"""Families in which something is worked out: chemistry, calculus, mechanics, biology, programs."""
