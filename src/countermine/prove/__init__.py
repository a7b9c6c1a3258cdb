"""The ladder of proof: what running shows about a claim and a patch. No model has a say here."""
