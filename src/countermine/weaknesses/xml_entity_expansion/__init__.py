"""XML entity expansion."""
