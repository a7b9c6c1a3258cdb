"""NoSQL injection."""
