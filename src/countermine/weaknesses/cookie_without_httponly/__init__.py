"""Cookie without the HttpOnly attribute."""
