"""Open redirect: facts, remedies, witness and cases."""
