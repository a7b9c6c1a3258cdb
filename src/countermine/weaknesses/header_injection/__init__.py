"""HTTP header injection."""
