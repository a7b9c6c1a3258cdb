"""Asks a model where flaws may be that the analysis cannot see, and believes nothing of it."""
