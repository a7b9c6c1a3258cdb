"""Loose file permissions: facts, remedies, witness and cases."""
