"""Template injection: facts, remedies, witness and cases."""
