"""What others drive the program through: agents, and later a page."""
