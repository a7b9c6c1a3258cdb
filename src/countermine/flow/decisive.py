"""Which names of a function decide what it does: those it tests, and those it passes on."""

from collections.abc import Iterable

from countermine.flow import ir
from countermine.flow.nodes import parts


def decisive_names(body: list[ir.Stmt]) -> frozenset[str]:
    """Return the names in tests and keys, alone as keyword arguments, or that name a template."""
    found: set[str] = set()
    waiting: list[object] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting.extend(node)
            continue
        for test in _tests(node):
            _names(test, found)
        if isinstance(node, ir.Call) and _renders(node):
            found.update(a.value.name for a in node.arguments if isinstance(a.value, ir.Name))
        if isinstance(node, ir.Argument) and node.name and isinstance(node.value, ir.Name):
            found.add(node.value.name)
        if isinstance(node, ir.Node):
            waiting.extend(parts(node))
    return frozenset(found)


def _renders(node: ir.Call) -> bool:
    function = node.function
    if not isinstance(function, (ir.Name, ir.Attr)):
        return False
    name = function.name.lower()
    return "render" in name or "template" in name


def _tests(node: object) -> Iterable[ir.Expr]:
    if isinstance(node, ir.Branch):
        return [test for test, _ in node.arms]
    if isinstance(node, ir.Match):
        return [node.subject, *(case.guard for case, _ in node.arms if case.guard is not None)]
    if isinstance(node, (ir.Choice, ir.Assert, ir.Loop)):
        return [] if node.test is None else [node.test]
    if isinstance(node, ir.Logic):
        return node.operands
    return _keys(node)


def _keys(node: object) -> Iterable[ir.Expr]:
    """Return what something is looked up by."""
    if isinstance(node, ir.Item):
        return [] if node.index is None else [node.index]
    if isinstance(node, ir.Call) and _looks_up(node.function):
        return [argument.value for argument in node.arguments]
    return []


def _looks_up(function: ir.Expr) -> bool:
    """Tell whether what is called finds something by its name."""
    return isinstance(function, (ir.Name, ir.Attr)) and function.name in ("get", "getattr")


def _names(test: ir.Expr, found: set[str]) -> None:
    waiting: list[object] = [test]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting.extend(node)
        elif isinstance(node, ir.Name):
            found.add(node.name)
        elif isinstance(node, ir.Node):
            waiting.extend(parts(node))


def read_names(function: ir.Function) -> set[str]:
    """Return every name that stands in a function, those inside included."""
    found: set[str] = set()
    waiting: list[object] = [*function.body, *(p.default for p in function.parameters)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting.extend(node)
        elif isinstance(node, ir.Name):
            found.add(node.name)
        elif isinstance(node, ir.Global):
            found.update(node.names)
        elif isinstance(node, ir.Node):
            waiting.extend(parts(node))
    return found
