"""Unrestricted bind."""
