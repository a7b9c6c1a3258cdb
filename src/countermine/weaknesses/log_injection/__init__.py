"""Log injection: facts, remedies, witness and cases."""
