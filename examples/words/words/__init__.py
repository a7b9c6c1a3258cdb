"""Words, titles and versions."""
