"""Insecure temporary file: facts, remedies, witness and cases."""
