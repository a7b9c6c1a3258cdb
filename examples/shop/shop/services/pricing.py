"""Prices: formulas that the office types, and tables of discounts."""

import ast
import operator

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def apply_formula(formula: str, price: float) -> float:
    """Return the price that a formula such as ``price * 1.2`` gives."""
    return float(eval(formula, {"price": price}))


def apply_checked_formula(formula: str, price: float) -> float:
    """Return the price that a formula of numbers, ``price`` and ``+ - * /`` gives.

    Raises:
        ValueError: If there is anything else in it.
    """
    return _value(ast.parse(formula, mode="eval").body, price)


def _value(node: ast.expr, price: float) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id="price"):
            return price
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](_value(left, price), _value(right, price))
    raise ValueError("a formula has numbers, price and + - * / only")


def discounts(table: str) -> dict[int, float]:
    """Read a table such as ``{10: 0.05, 50: 0.1}``: from how many pieces, how much less."""
    return dict(eval(table))


def checked_discounts(table: str) -> dict[int, float]:
    """Read a table such as ``{10: 0.05, 50: 0.1}``, of literals only."""
    return dict(ast.literal_eval(table))
