"""Values: the text of a setting as a Python value."""

import ast


def parse_value(text: str) -> object:
    """Return the value that a setting's text stands for, such as ``[1, 2]``."""
    return eval(text)


def parse_literal(text: str) -> object:
    """Return the value that a setting's text stands for, of literals only.

    Raises:
        ValueError: If the text is no literal.
    """
    return ast.literal_eval(text)
