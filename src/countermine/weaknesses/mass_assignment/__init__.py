"""Mass assignment."""
