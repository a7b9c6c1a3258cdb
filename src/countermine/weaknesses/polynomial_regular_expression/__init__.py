"""Polynomial regular expression."""
