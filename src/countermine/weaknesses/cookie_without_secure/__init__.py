"""Cookie without the Secure attribute."""
