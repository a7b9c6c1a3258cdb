"""Disabled certificate checks."""
