"""Open redirect."""
