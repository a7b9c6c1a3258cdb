"""Template files: read, and lowered to what they show of what they are given."""
