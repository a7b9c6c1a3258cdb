"""Weak hash: facts, remedies, witness and cases."""
