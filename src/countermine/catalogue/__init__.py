"""What library calls are: rows of sources, sinks, sanitizers, guards and types."""
