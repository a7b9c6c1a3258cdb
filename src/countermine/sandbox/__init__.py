"""Adapters of the sandbox port, and the only place that starts processes."""
