"""Command injection: facts, remedies, witness and cases."""
