"""Permissive cross-origin requests."""
