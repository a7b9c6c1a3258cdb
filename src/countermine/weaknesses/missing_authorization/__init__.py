"""Missing authorization."""
