"""Adapters of the model port: a roster of providers, with failover, caps, privacy and a record."""
