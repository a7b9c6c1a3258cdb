"""Default credentials."""
