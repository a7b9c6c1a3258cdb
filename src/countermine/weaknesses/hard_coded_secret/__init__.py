"""Hard-coded secret."""
