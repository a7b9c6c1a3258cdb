"""Which names of a function decide what it does: those it tests, and those it passes on."""

from collections.abc import Callable, Iterable

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
        tests = _TESTS.get(type(node))
        if tests is not None:
            for test in tests(node):
                _names(test, found)
        if isinstance(node, ir.Node):
            waiting.extend(parts(node))
    return frozenset(found)


def _renders(node: ir.Call) -> bool:
    function = node.function
    if not isinstance(function, (ir.Name, ir.Attr)):
        return False
    name = function.name.lower()
    return "render" in name or "template" in name


def _in_match(node: ir.Match) -> Iterable[ir.Expr]:
    return [node.subject, *(case.guard for case, _ in node.arms if case.guard is not None)]


def _in_call(node: ir.Call) -> Iterable[ir.Expr]:
    if _looks_up(node.function):
        return [argument.value for argument in node.arguments]
    if _renders(node):
        return [a.value for a in node.arguments if isinstance(a.value, ir.Name)]
    return []


def _test(node: ir.Choice | ir.Assert | ir.Loop) -> Iterable[ir.Expr]:
    return [] if node.test is None else [node.test]


_TESTS: dict[type, Callable[..., Iterable[ir.Expr]]] = {
    ir.Branch: lambda node: [test for test, _ in node.arms],
    ir.Match: _in_match,
    ir.Choice: _test,
    ir.Assert: _test,
    ir.Loop: _test,
    ir.Logic: lambda node: node.operands,
    ir.Item: lambda node: [] if node.index is None else [node.index],
    ir.Call: _in_call,
    ir.Argument: lambda node: [node.value] if node.name and isinstance(node.value, ir.Name) else [],
}
"""What decides in a node: what it tests, what something is looked up by, and what names it."""


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
