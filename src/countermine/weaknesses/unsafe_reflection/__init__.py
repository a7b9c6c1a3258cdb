"""Unsafe reflection."""
