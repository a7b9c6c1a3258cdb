"""Running the target's own tests in the sandbox, with a record of each test."""
