"""XML external entities: facts, remedies, witness and cases."""
