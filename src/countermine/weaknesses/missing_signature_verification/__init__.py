"""Missing signature verification."""
