"""LDAP injection."""
