"""Server-side request forgery."""
