"""Engines that yield patches: remedies are proposed, user's diffs are read."""
