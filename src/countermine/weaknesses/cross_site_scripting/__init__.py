"""Cross-site scripting: facts, remedies, witness and cases."""
