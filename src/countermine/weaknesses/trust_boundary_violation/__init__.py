"""Trust boundary violation."""
