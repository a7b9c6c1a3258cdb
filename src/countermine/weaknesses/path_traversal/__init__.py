"""Path traversal: facts, remedies, witness and cases."""
