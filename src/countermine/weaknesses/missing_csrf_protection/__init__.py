"""Missing protection against request forgery."""
