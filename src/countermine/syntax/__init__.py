"""Text to trees to spans; one file per language."""
