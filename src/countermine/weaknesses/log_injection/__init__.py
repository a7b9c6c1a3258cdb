"""Log injection."""
