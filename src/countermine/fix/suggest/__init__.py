"""Patches that a model is asked for: the question, its material, and edits out of its answer."""
