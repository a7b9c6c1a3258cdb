"""Timing-unsafe comparison: facts, remedies, witness and cases."""
