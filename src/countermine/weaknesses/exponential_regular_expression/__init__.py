"""Exponential regular expression."""
