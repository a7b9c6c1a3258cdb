"""The loop as tools for agents (Model Context Protocol)."""
