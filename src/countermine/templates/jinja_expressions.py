"""Expressions of Jinja2 templates, lowered to the intermediate form."""

from collections.abc import Callable

from jinja2 import nodes

from countermine.flow import ir
from countermine.templates.filters import Effect, effect_of
from countermine.templates.page import Page, Part

HIDDEN = frozenset({"loop", "caller", "varargs", "kwargs", "self", "super", "cycler", "joiner"})
"""Names that the language defines."""
DEPTH = 80
"""Expressions within expressions; written ones stay below ten."""
_DEFAULTS = frozenset({"default", "d", "default_if_none"})
_COMPARISONS = {"eq": "==", "ne": "!=", "in": "in", "notin": "not in"}


def place_of(page: Page, node: nodes.Node) -> tuple[int, int]:
    """Return where a node begins; the tree knows no ends."""
    start = (node.lineno or 1) - 1
    return page.span(start, start + 1)


def expression(page: Page, node: nodes.Node) -> ir.Expr:
    """Return an expression in the intermediate form."""
    start, end = place_of(page, node)
    if page.depth >= DEPTH:
        return ir.Opaque(start, end, [])
    page.depth += 1
    try:
        lowerer = _TABLE.get(type(node))
        if lowerer is not None:
            return lowerer(page, node, start, end)
        # Arithmetic, tests and comparisons in a row give numbers and truths.
        for child in node.iter_child_nodes():
            expression(page, child)
        return ir.Opaque(start, end, [])
    finally:
        page.depth -= 1


def _name(page: Page, node: nodes.Name, start: int, end: int) -> ir.Expr:
    return ir.Opaque(start, end, []) if node.name in HIDDEN else page.name(start, node.name)


def _const(_page: Page, node: nodes.Const, start: int, end: int) -> ir.Expr:
    known = isinstance(node.value, (str, int, float)) or node.value is None
    return ir.Const(start, end, node.value) if known else ir.Opaque(start, end, [])


def _text(_page: Page, node: nodes.TemplateData, start: int, end: int) -> ir.Expr:
    return ir.Const(start, end, node.data)


def _attribute(page: Page, node: nodes.Getattr, start: int, end: int) -> ir.Expr:
    return ir.Lookup(start, end, expression(page, node.node), node.attr)


def _item(page: Page, node: nodes.Getitem, start: int, end: int) -> ir.Expr:
    target = expression(page, node.node)
    if isinstance(node.arg, nodes.Slice):
        return ir.Item(start, end, target, None)
    return ir.Item(start, end, target, expression(page, node.arg))


def _call(page: Page, node: nodes.Call, start: int, end: int) -> ir.Expr:
    function: ir.Expr
    macro = page.bound.get(_dotted(node.node))
    if macro is not None:
        function = ir.Name(start, end, macro)
    elif isinstance(node.node, nodes.Getattr):
        target = expression(page, node.node.node)
        function = ir.Attr(start, end, target, node.node.attr)
    else:
        function = expression(page, node.node)
    arguments = [ir.Argument(start, end, expression(page, a)) for a in node.args]
    arguments += [ir.Argument(start, end, expression(page, k.value), k.key) for k in node.kwargs]
    for spread, stars in ((node.dyn_args, 1), (node.dyn_kwargs, 2)):
        if spread is not None:
            arguments.append(ir.Argument(start, end, expression(page, spread), None, stars))
    return ir.Call(start, end, function, arguments)


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return f"{node.node.name}.{node.attr}"
    return ""


def _filter(page: Page, node: nodes.Filter, start: int, end: int) -> ir.Expr:
    inner = ir.Opaque(start, end, []) if node.node is None else expression(page, node.node)
    others = [expression(page, a) for a in node.args]
    return filtered(node.name, inner, others, (start, end))


def filtered(name: str, inner: ir.Expr, others: list[ir.Expr], place: tuple[int, int]) -> ir.Expr:
    """Return what a filter gives."""
    start, end = place
    effect = effect_of(name)
    found = inner
    if effect is Effect.PASSES and others and name in _DEFAULTS:
        found = ir.Logic(start, end, conjunction=False, operands=[inner, others[0]])
    elif effect is Effect.HARMLESS:
        found = ir.Opaque(start, end, [])
    elif effect is Effect.ESCAPES:
        found = _called("jinja2.filters.do_forceescape", [inner], place)
    elif effect is Effect.SCRIPT:
        found = _called("jinja2.filters.do_tojson", [inner], place)
    elif effect is Effect.FIRST:
        found = ir.Item(start, end, inner, ir.Const(start, end, 0))
    elif effect is Effect.JOINS:
        separator = others[0] if others else ir.Const(start, end, "")
        function = ir.Attr(start, end, separator, "join")
        found = ir.Call(start, end, function, [ir.Argument(start, end, inner)])
    elif effect is Effect.UNKNOWN:
        found = _called(f"filter {name}", [inner, *others], place)
    return found


def _called(name: str, operands: list[ir.Expr], place: tuple[int, int]) -> ir.Expr:
    start, end = place
    arguments = [ir.Argument(start, end, o) for o in operands]
    return ir.Call(start, end, ir.Name(start, end, name), arguments)


def _choice(page: Page, node: nodes.CondExpr, start: int, end: int) -> ir.Expr:
    other = ir.Const(start, end, "") if node.expr2 is None else expression(page, node.expr2)
    return ir.Choice(start, end, expression(page, node.test), expression(page, node.expr1), other)


def _logic(page: Page, node: nodes.And | nodes.Or, start: int, end: int) -> ir.Expr:
    operands = [expression(page, node.left), expression(page, node.right)]
    return ir.Logic(start, end, isinstance(node, nodes.And), operands)


def _not(page: Page, node: nodes.Not, start: int, end: int) -> ir.Expr:
    return ir.Not(start, end, expression(page, node.node))


def _concat(page: Page, node: nodes.Concat, start: int, end: int) -> ir.Expr:
    return ir.Format(start, end, [expression(page, n) for n in node.nodes])


def _binary(page: Page, node: nodes.Add | nodes.Mod, start: int, end: int) -> ir.Expr:
    operands = [expression(page, node.left), expression(page, node.right)]
    return ir.Binary(start, end, "+" if isinstance(node, nodes.Add) else "%", operands)


def _compare(page: Page, node: nodes.Compare, start: int, end: int) -> ir.Expr:
    left = expression(page, node.expr)
    if len(node.ops) != 1:
        return ir.Opaque(start, end, [])
    operator = _COMPARISONS.get(node.ops[0].op, node.ops[0].op)
    return ir.Compare(start, end, operator, left, expression(page, node.ops[0].expr))


def _sequence(page: Page, node: nodes.List | nodes.Tuple, start: int, end: int) -> ir.Expr:
    kind = "list" if isinstance(node, nodes.List) else "tuple"
    return ir.Sequence(start, end, kind, [expression(page, n) for n in node.items])


def _mapping(page: Page, node: nodes.Dict, start: int, end: int) -> ir.Expr:
    pairs: list[tuple[ir.Expr | None, ir.Expr]] = [
        (expression(page, p.key), expression(page, p.value)) for p in node.items
    ]
    return ir.Mapping(start, end, pairs)


_TABLE: dict[type[nodes.Node], Callable[..., ir.Expr]] = {
    nodes.Name: _name,
    nodes.Const: _const,
    nodes.TemplateData: _text,
    nodes.Getattr: _attribute,
    nodes.Getitem: _item,
    nodes.Call: _call,
    nodes.Filter: _filter,
    nodes.CondExpr: _choice,
    nodes.And: _logic,
    nodes.Or: _logic,
    nodes.Not: _not,
    nodes.Concat: _concat,
    nodes.Add: _binary,
    nodes.Mod: _binary,
    nodes.Compare: _compare,
    nodes.List: _sequence,
    nodes.Tuple: _sequence,
    nodes.Dict: _mapping,
}


def parts(page: Page, node: nodes.Node, *, escapes: bool) -> list[Part]:
    """Return what an expression shows, the parts that are escaped apart from those that are not."""
    if isinstance(node, nodes.CondExpr) and _has_raw(node):
        both = [node.expr1, *filter(None, [node.expr2])]
        return [part for each in both for part in parts(page, each, escapes=escapes)]
    if isinstance(node, nodes.Concat) and _has_raw(node):
        return [part for each in node.nodes for part in parts(page, each, escapes=escapes)]
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        # Markup is a sink where the code calls it; a macro's own output is checked inside.
        raw = node.node.name == "Markup" or not escapes
        return [Part(value=expression(page, node), raw=raw)]
    if not _has_raw(node) and _is_escaped(node):
        return [Part(value=expression(page, node), raw=False)]
    return [Part(value=expression(page, node), raw=not escapes or _is_raw(node))]


def _is_escaped(node: nodes.Node | None) -> bool:
    """Tell whether one of the outermost filters escapes the text."""
    while isinstance(node, nodes.Filter):
        if effect_of(node.name) is Effect.ESCAPES:
            return True
        node = node.node if effect_of(node.name) is Effect.PASSES else None
    return False


def _is_raw(node: nodes.Node | None) -> bool:
    """Tell whether the outermost filters say that the text is not to be escaped."""
    while isinstance(node, nodes.Filter):
        effect = effect_of(node.name)
        if effect is Effect.RAW:
            return True
        if effect in (Effect.ESCAPES, Effect.SCRIPT, Effect.UNKNOWN):
            return False
        node = node.node
    return False


def _has_raw(node: nodes.Node) -> bool:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, nodes.Filter) and effect_of(current.name) is Effect.RAW:
            return True
        waiting.extend(current.iter_child_nodes())
    return False
