"""Code injection: facts, remedies, witness and cases."""
