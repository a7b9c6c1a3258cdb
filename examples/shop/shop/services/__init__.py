"""What the shop does, apart from the web."""
