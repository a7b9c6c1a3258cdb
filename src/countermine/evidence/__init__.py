"""Evidence bundles: what a proof was made of and came to, as a signed in-toto statement."""
