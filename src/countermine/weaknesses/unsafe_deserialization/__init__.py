"""Unsafe deserialization: facts, remedies, witness and cases."""
