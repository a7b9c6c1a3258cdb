"""Cleartext transmission."""
