"""Cookie without the HttpOnly attribute: facts, remedies, witness and cases."""
