"""Weak key size."""
