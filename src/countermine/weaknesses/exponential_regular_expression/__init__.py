"""Exponential regular expression: facts, witness and cases."""
