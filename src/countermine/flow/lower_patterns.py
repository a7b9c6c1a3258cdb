"""Patterns of ``match``, as tree-sitter gives them, to the intermediate form."""

from collections.abc import Callable

from tree_sitter import Node

from countermine.flow import ir
from countermine.flow.ir import (
    AnyOf,
    Anything,
    Case,
    InOrder,
    Kept,
    Literal,
    OfClass,
    Pattern,
    WithKeys,
)
from countermine.flow.lowering import Lowering, expression

_STARS = "splat_pattern"


def case(low: Lowering, node: Node) -> Case:
    """Lower the pattern and the guard of one arm."""
    patterns = [c for c in node.named_children if c.type == "case_pattern"]
    guard = node.child_by_field_name("guard")
    inner = guard.named_children if guard is not None else []
    # One pattern and a comma is a sequence of one.
    alone = len(patterns) == 1 and not any(c.type == "," for c in node.children)
    lowered = pattern(low, patterns[0]) if alone else _sequence(low, node)
    test = expression(low, inner[0]) if inner else None
    return Case(node.start_byte, node.end_byte, lowered, test)


def pattern(low: Lowering, node: Node) -> Pattern:
    """Lower one pattern."""
    if low.depth >= low.limit:
        low.deep = True
        return _unknown(low, node)
    low.depth += 1
    try:
        if node.type == "case_pattern":
            return _wrapped(low, node)
        return _LOWER.get(node.type, _literal)(low, node)
    finally:
        low.depth -= 1


def _wrapped(low: Lowering, node: Node) -> Pattern:
    named = node.named_children
    if not named:
        return Anything(node.start_byte, node.end_byte, None)
    if node.children[0].type == "-":
        value = expression(low, named[0])
        sign = ir.Sign(node.start_byte, node.end_byte, "-", value)
        return Literal(node.start_byte, node.end_byte, sign)
    return pattern(low, named[0])


def _literal(low: Lowering, node: Node) -> Pattern:
    return Literal(node.start_byte, node.end_byte, expression(low, node))


def _unknown(_low: Lowering, node: Node) -> Pattern:
    nothing = ir.Opaque(node.start_byte, node.end_byte, [])
    return Literal(node.start_byte, node.end_byte, nothing)


def _name(low: Lowering, node: Node) -> Pattern:
    names = [c for c in node.named_children if c.type == "identifier"]
    if len(names) == 1:
        text = low.slice(names[0])
        return Anything(node.start_byte, node.end_byte, None if text == "_" else text)
    return Literal(node.start_byte, node.end_byte, _dotted(low, node))


def _dotted(low: Lowering, node: Node) -> ir.Expr:
    found: ir.Expr | None = None
    for part in node.named_children:
        text = low.slice(part)
        if found is None:
            found = ir.Name(part.start_byte, part.end_byte, text)
        else:
            found = ir.Attr(node.start_byte, part.end_byte, found, text)
    return found if found is not None else ir.Opaque(node.start_byte, node.end_byte, [])


def _options(low: Lowering, node: Node) -> Pattern:
    options: list[Pattern] = []
    negative = False
    for child in node.children:
        if child.type == "-":
            negative = True
        elif child.is_named and child.type != "comment":
            option = pattern(low, child)
            if negative and isinstance(option, Literal):
                option = Literal(
                    option.start, option.end, ir.Sign(option.start, option.end, "-", option.value)
                )
            options.append(option)
            negative = False
        elif child.type == "_":
            options.append(Anything(child.start_byte, child.end_byte, None))
    return AnyOf(node.start_byte, node.end_byte, options)


def _kept(low: Lowering, node: Node) -> Pattern:
    inner, name = node.named_children[0], node.named_children[-1]
    return Kept(node.start_byte, node.end_byte, pattern(low, inner), low.slice(name))


def _sequence(low: Lowering, node: Node) -> Pattern:
    items: list[Pattern] = []
    rest: int | None = None
    for child in node.named_children:
        if child.type != "case_pattern":
            continue
        inner = child.named_children
        if inner and inner[0].type == _STARS:
            rest = len(items)
            items.append(_star(low, inner[0]))
        else:
            items.append(pattern(low, child))
    return InOrder(node.start_byte, node.end_byte, items, rest)


def _star(low: Lowering, node: Node) -> Anything:
    names = [low.slice(c) for c in node.named_children if c.type == "identifier"]
    return Anything(node.start_byte, node.end_byte, names[0] if names else None)


def _tuple(low: Lowering, node: Node) -> Pattern:
    inner = [c for c in node.named_children if c.type == "case_pattern"]
    if len(inner) == 1 and not any(c.type == "," for c in node.children):
        return pattern(low, inner[0])
    return _sequence(low, node)


def _mapping(low: Lowering, node: Node) -> Pattern:
    keys, values = node.children_by_field_name("key"), node.children_by_field_name("value")
    stars = [_star(low, c).name for c in node.named_children if c.type == _STARS]
    pairs = [
        (_dotted(low, k) if k.type == "dotted_name" else expression(low, k), pattern(low, v))
        for k, v in zip(keys, values, strict=False)
    ]
    return WithKeys(node.start_byte, node.end_byte, pairs, stars[0] if stars else None)


def _class(low: Lowering, node: Node) -> Pattern:
    positional: list[Pattern] = []
    named: list[tuple[str, Pattern]] = []
    for child in node.named_children[1:]:
        inner = child.named_children[0] if child.named_children else child
        if inner.type == "keyword_pattern":
            parts = inner.named_children
            value = pattern(low, parts[1]) if len(parts) > 1 else Anything(0, 0, None)
            named.append((low.slice(parts[0]), value))
        elif child.type == "case_pattern":
            positional.append(pattern(low, child))
    of = _dotted(low, node.named_children[0])
    return OfClass(node.start_byte, node.end_byte, of, positional, named)


_LOWER: dict[str, Callable[[Lowering, Node], Pattern]] = {
    "dotted_name": _name,
    "union_pattern": _options,
    "as_pattern": _kept,
    "list_pattern": _sequence,
    "tuple_pattern": _tuple,
    "dict_pattern": _mapping,
    "class_pattern": _class,
    "complex_pattern": _unknown,
    "ERROR": _unknown,
}
