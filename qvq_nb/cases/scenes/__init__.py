"""Families in which something is looked at: found, counted, followed, measured."""
