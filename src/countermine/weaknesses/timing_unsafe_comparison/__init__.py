"""Timing-unsafe comparison."""
