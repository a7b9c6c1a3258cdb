"""What secrets look like: the shapes that vendors give them, and the names they go by."""
