"""Answers of a set form, such as JSON, a table or a program. Not: numbers and names in sentences."""
