"""The gates of the ladder, one function each; the order of the ladder is in ``prove/ladder.py``."""
