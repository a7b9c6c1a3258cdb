"""Weak cipher: facts, remedies, witness and cases."""
