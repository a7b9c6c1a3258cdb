"""Last words of titles, last numbers of versions."""
