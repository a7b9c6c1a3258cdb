"""Disabled certificate checks: facts, remedies, witness and cases."""
