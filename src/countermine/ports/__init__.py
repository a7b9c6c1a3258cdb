"""One Protocol for each outside thing; adapters live in the packages named after them."""
