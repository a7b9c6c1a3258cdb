"""Argument injection: facts, remedies, witness and cases."""
