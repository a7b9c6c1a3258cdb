"""Polynomial regular expression: facts, witness and cases."""
