"""Asks a model what an undescribed library does, and checks every word against its code."""
