"""Credentials that are sent on to another host."""
