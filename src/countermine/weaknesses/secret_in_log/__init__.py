"""Secret in a log."""
