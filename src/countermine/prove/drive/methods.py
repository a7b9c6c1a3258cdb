"""By which methods a request gets to where a view does what a finding says."""

import ast
from collections.abc import Iterator, Mapping, Sequence

from countermine.core.entrypoints import EntryPoint
from countermine.core.findings import Finding
from countermine.core.spans import Span, TreePath

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_Block = Sequence[ast.stmt]
_ENDS = (ast.Return, ast.Raise)


def methods_of(
    finding: Finding, entry: EntryPoint, texts: Mapping[TreePath, bytes]
) -> tuple[str, ...]:
    """Return the methods that lead there, in no order of likelihood; none where any of them may.

    A view that tells methods apart (``if request.method == "PUT"``) is only asked by those whose
    branch holds the last step of the trace inside of it.
    """
    places = [step.span for step in finding.trace if step.function == entry.qualname]
    if finding.function == entry.qualname:
        places.append(finding.location)
    places = [place for place in places if place.path == entry.path]
    text = texts.get(entry.path, b"")
    if not places or b".method" not in text:
        return ()
    try:
        parsed = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    left = _left(parsed.body, _line(text, places[-1]), frozenset(METHODS))
    return () if len(left) == len(METHODS) else tuple(one for one in METHODS if one in left)


def _line(text: bytes, place: Span) -> int:
    return text.count(b"\n", 0, place.start_byte) + 1


def _left(block: _Block, line: int, methods: frozenset[str]) -> frozenset[str]:
    """Return the methods by which a line of a block is come to, of those that come to the block."""
    for statement in block:
        if statement.lineno <= line <= (statement.end_lineno or line):
            for inner, narrowed in _inside(statement, methods):
                if inner and inner[0].lineno <= line <= (inner[-1].end_lineno or line):
                    return _left(inner, line, narrowed)
            return methods
        if isinstance(statement, ast.If) and isinstance(statement.body[-1], _ENDS):
            methods -= _named(statement.test, alone=True) or frozenset()
    return methods


def _inside(
    statement: ast.stmt, methods: frozenset[str]
) -> Iterator[tuple[_Block, frozenset[str]]]:
    """Yield the blocks of a statement with the methods that come to each."""
    if isinstance(statement, ast.If):
        named = _named(statement.test)
        yield statement.body, methods if named is None else methods & named
        # With another condition beside it, the branch may be passed by with the method as well;
        # it is likelier not.
        yield statement.orelse, methods - (named or frozenset())
        return
    for name in ("body", "orelse", "finalbody"):
        found = getattr(statement, name, None)
        if isinstance(found, list):
            yield found, methods
    for handler in getattr(statement, "handlers", ()):
        yield handler.body, methods


def _named(test: ast.expr, *, alone: bool = False) -> frozenset[str] | None:
    """Return the methods that a condition holds for, ``None`` where it is not about them."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) and not alone:
        return next((found for found in map(_named, test.values) if found is not None), None)
    compared = test.left if isinstance(test, ast.Compare) and len(test.ops) == 1 else None
    if not (
        isinstance(test, ast.Compare)
        and isinstance(compared, ast.Attribute)
        and compared.attr == "method"
    ):
        return None
    words = {
        node.value
        for node in ast.walk(test.comparators[0])
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named = frozenset(one for one in METHODS if one in words)
    if not named:
        return None
    if isinstance(test.ops[0], ast.Eq | ast.In):
        return named
    return frozenset(METHODS) - named if isinstance(test.ops[0], ast.NotEq | ast.NotIn) else None
