"""Debug mode."""
