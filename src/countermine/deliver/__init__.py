"""Hands patches over: as files, as a git branch, or applied to the tree."""
