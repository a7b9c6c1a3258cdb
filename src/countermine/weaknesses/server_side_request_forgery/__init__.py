"""Server-side request forgery: facts, witness and cases."""
