"""What runs inside the sandbox, in the interpreter of the target: Python 3.8, standard library."""
