"""Errors shown to visitors."""
