"""Loose file permissions."""
