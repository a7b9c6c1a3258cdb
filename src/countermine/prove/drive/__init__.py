"""Drives a target inside the sandbox, and reads what the observer saw."""
