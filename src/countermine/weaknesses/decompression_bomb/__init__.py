"""Decompression bomb."""
