"""Adapters of the ledger port: an append-only, hash-chained file, and its verification."""
