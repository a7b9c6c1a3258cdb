"""Predictable randomness: facts, remedies, witness and cases."""
