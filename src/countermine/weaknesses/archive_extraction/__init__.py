"""Archive extraction outside the folder: facts, remedies, witness and cases."""
