"""XPath injection."""
