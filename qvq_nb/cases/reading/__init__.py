"""Families in which something is read: documents, charts, signs."""
