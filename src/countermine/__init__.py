"""Finds vulnerabilities, fixes them, and proves each fix by running it."""
