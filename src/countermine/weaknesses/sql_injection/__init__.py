"""SQL injection: facts, remedies, witness and cases."""
