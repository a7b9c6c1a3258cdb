"""Insecure temporary file."""
