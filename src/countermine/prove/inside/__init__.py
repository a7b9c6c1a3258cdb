"""Scripts that the target's interpreter runs in the sandbox: standard library only, 3.8 and up."""
