"""Cookie without the Secure attribute: facts, remedies, witness and cases."""
