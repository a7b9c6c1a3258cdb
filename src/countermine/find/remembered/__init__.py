"""Answers of earlier searches that hold for this one, and the proof that they do."""
