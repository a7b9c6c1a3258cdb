"""Displays, comprehensions and what goes in and out of collections, to the intermediate form."""

from collections.abc import Callable

from tree_sitter import Node

from countermine.flow import ir
from countermine.flow.lowering import Lowering, expression, opaque


def sequence(kind: str) -> Callable[[Lowering, Node], ir.Expr]:
    """Return what lowers a display of that kind."""

    def lower(low: Lowering, node: Node) -> ir.Expr:
        items = [expression(low, c) for c in node.named_children if c.type != "comment"]
        return ir.Sequence(node.start_byte, node.end_byte, kind, items)

    return lower


def dictionary(low: Lowering, node: Node) -> ir.Expr:
    """Lower a dictionary."""
    pairs: list[tuple[ir.Expr | None, ir.Expr]] = []
    for child in node.named_children:
        if child.type == "pair":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None:
                pairs.append((expression(low, key), expression(low, value)))
        elif child.type == "dictionary_splat" and child.named_children:
            pairs.append((None, expression(low, child.named_children[0])))
    return ir.Mapping(node.start_byte, node.end_byte, pairs)


def comprehension(kind: str) -> Callable[[Lowering, Node], ir.Expr]:
    """Return what lowers a comprehension of that kind."""

    def lower(low: Lowering, node: Node) -> ir.Expr:
        body = node.child_by_field_name("body")
        if body is None:
            return opaque(low, node)
        clauses: list[ir.Clause] = []
        for child in node.named_children:
            if child.type == "for_in_clause":
                clauses.append(_clause(low, child))
            elif child.type == "if_clause" and clauses and child.named_children:
                clauses[-1].conditions.append(expression(low, child.named_children[0]))
        key, element = None, body
        if body.type == "pair":
            first, second = body.child_by_field_name("key"), body.child_by_field_name("value")
            key = expression(low, first) if first is not None else None
            element = second if second is not None else body
        return ir.Comprehension(
            node.start_byte, node.end_byte, kind, key, expression(low, element), clauses
        )

    return lower


def _clause(low: Lowering, node: Node) -> ir.Clause:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    nothing = ir.Opaque(node.start_byte, node.end_byte, [])
    return ir.Clause(
        node.start_byte,
        node.end_byte,
        expression(low, left) if left is not None else nothing,
        expression(low, right) if right is not None else nothing,
        [],
    )


def inner(low: Lowering, node: Node) -> ir.Expr:
    """Lower what parentheses hold."""
    children = [c for c in node.named_children if c.type != "comment"]
    if len(children) == 1:
        return expression(low, children[0])
    return opaque(low, node)


def spread(low: Lowering, node: Node) -> ir.Expr:
    """Lower what a star spreads."""
    return ir.Spread(node.start_byte, node.end_byte, inner(low, node))


def yielded(low: Lowering, node: Node) -> ir.Expr:
    """Lower a ``yield``, which makes the function a generator."""
    low.generator = True
    children = [c for c in node.named_children if c.type != "comment"]
    spread = any(c.type == "from" for c in node.children)
    value = expression(low, children[0]) if children else None
    return ir.Yield(node.start_byte, node.end_byte, value, spread)
