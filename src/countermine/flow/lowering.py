"""Lowering any expression: the table of kinds of nodes is filled by the modules that know them."""

from collections.abc import Callable

from tree_sitter import Node

from countermine.flow import ir


class Lowering:
    """What one lowering carries along: the text, and how deep it is."""

    __slots__ = ("deep", "depth", "generator", "limit", "text")

    def __init__(self, text: bytes, limit: int) -> None:
        """Lower nodes of ``text``; syntax nested deeper than ``limit`` becomes opaque."""
        self.text = text
        self.limit = limit
        self.depth = 0
        self.deep = False
        """Something was nested too deeply."""
        self.generator = False
        """A ``yield`` was met in the function at hand."""

    def slice(self, node: Node) -> str:
        """Return a node's text."""
        return self.text[node.start_byte : node.end_byte].decode("utf-8", "replace")


LOWERERS: dict[str, Callable[[Lowering, Node], ir.Expr]] = {}
"""What lowers which type of node."""


def expression(low: Lowering, node: Node) -> ir.Expr:
    """Lower an expression or an assignment target."""
    if low.depth >= low.limit:
        low.deep = True
        return ir.Opaque(node.start_byte, node.end_byte, [])
    low.depth += 1
    try:
        return LOWERERS.get(node.type, opaque)(low, node)
    finally:
        low.depth -= 1


def opaque(low: Lowering, node: Node) -> ir.Expr:
    """Lower what nothing is known of: its parts are evaluated, and that is all."""
    return ir.Opaque(
        node.start_byte, node.end_byte, [expression(low, c) for c in node.named_children]
    )
