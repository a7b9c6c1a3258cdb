"""Whether a check that an option turns off can still be turned off with a patch.

Whoever sets ``verify=False`` wants no check, and a patch that checks all the same ends what works.
The flaw may stand in the same branch, as in ``if old or not verify:``. The legitimate use is driven
with one choice of options, so that it does not tell the two apart; nor do tests where there are
none. See docs/decisions/0041-options-that-turn-checks-off.md.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from countermine.core.findings import Finding
from countermine.core.spans import Span

CHECKS = "disabled-certificate-checks"
_WORDS = re.compile(
    r"verif|validat|check|insecure|unsafe|trust|cert_reqs|self_?signed|strict|skip|ignore|disable"
    r"|without|^secure$|_secure$|allow_?(?:invalid|any)|accept_?(?:all|invalid)",
    re.IGNORECASE,
)
"""What options are called that turn checks of certificates off; ``use_ssl`` is none."""
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


@dataclass(frozen=True, slots=True)
class _Place:
    """A node that covers a stretch of source, and the conditions under which it is reached."""

    node: ast.AST
    conditions: tuple[ast.expr, ...]


def option_behind(source: bytes, span: Span) -> str | None:
    """Return the name of an option by which a check is turned off at a place, if one decides.

    Args:
        source: The file.
        span: Where the check is turned off.
    """
    place = _place(source, span)
    if place is None:
        return None
    imported = _imported(ast.parse(source))
    names = (name for one in place.conditions for name in _names(one, imported))
    return next((name for name in names if _WORDS.search(name)), None) or _handed(
        place.node, imported | _module_names(source)
    )


def _handed(node: ast.AST, fixed: set[str]) -> str | None:
    """Return the option of a call that is handed on as whoever calls wants it: ``verify=verify``.

    What a module says itself is no choice of the caller: ``fixed`` are its own names.
    """
    options = node.keywords if isinstance(node, ast.Call) else []
    chosen = (one.arg for one in options if one.arg is not None and _is_chosen(one.value, fixed))
    return next((name for name in chosen if _WORDS.search(name)), None)


def _is_chosen(value: ast.expr, fixed: set[str]) -> bool:
    match value:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name)):
            return name not in fixed
        case ast.Call(func=ast.Attribute(attr="get" | "pop")):
            return True
        case _:
            return False


def _module_names(source: bytes) -> set[str]:
    """Return the names that a module assigns at its top level."""
    assigned = (one for one in ast.parse(source).body if isinstance(one, ast.Assign))
    return {t.id for one in assigned for t in one.targets if isinstance(t, ast.Name)}


def ended_option(finding: Finding, before: bytes, after: bytes) -> str | None:
    """Return the option that turns a check off before a patch and can no longer do so with it.

    Args:
        finding: Where the check is off; of other weaknesses than this nothing is said.
        before: The file without the patch.
        after: The file with it.
    """
    if finding.weakness != CHECKS:
        return None
    name, place = option_behind(before, finding.location), _place(before, finding.location)
    if name is None or place is None:
        return None
    try:
        wanted = ast.dump(place.node)
        had, left = (_count(source, place.node, wanted) for source in (before, after))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return name
    return None if left >= had else name


def _count(source: bytes, like: ast.AST, wanted: str) -> int:
    """Return how often the same call or assignment stands in a file: it may well stand twice."""
    alike = (one for one in ast.walk(ast.parse(source)) if type(one) is type(like))
    return sum(ast.dump(one) == wanted for one in alike)


def _place(source: bytes, span: Span) -> _Place | None:
    """Return the smallest expression or statement that covers a stretch of source."""
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def covers(node: ast.AST) -> bool:
        first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
        if first is None or last is None:
            return False
        begin: int = starts[first - 1] + getattr(node, "col_offset", 0)
        end: int = starts[last - 1] + getattr(node, "end_col_offset", 0)
        return begin <= span.start_byte and span.end_byte <= end

    found = _Place(module, ())
    while True:
        inner = next((one for one in _children(found) if covers(one.node)), None)
        if inner is None:
            return None if isinstance(found.node, ast.Module) else found
        found = inner


def _children(place: _Place) -> Iterator[_Place]:
    """Yield what stands directly in a node, each with what decides whether it is reached."""
    node, given = place.node, place.conditions
    if isinstance(node, ast.BoolOp):
        for at, operand in enumerate(node.values):
            yield _Place(operand, (*given, *node.values[:at]))
        return
    if isinstance(node, ast.Match):
        yield _Place(node.subject, given)
        for case in node.cases:
            # A case has no place of its own in the source.
            decided = (*given, node.subject, *([case.guard] if case.guard else []))
            yield from _in_turn(case.body, decided)
        return
    for field, value in ast.iter_fields(node):
        decided = given
        if isinstance(node, ast.If | ast.IfExp | ast.While) and field != "test":
            decided = (*given, node.test)
        if isinstance(value, ast.AST):
            yield _Place(value, decided)
        elif isinstance(value, list):
            yield from _in_turn(value, decided)


def _in_turn(body: Sequence[object], given: tuple[ast.expr, ...]) -> Iterator[_Place]:
    """Yield the parts of a list; behind a branch that leaves, its condition decides as well."""
    for one in body:
        if not isinstance(one, ast.AST):
            continue
        yield _Place(one, given)
        if isinstance(one, ast.If) and any(map(_leaves, (one.body, one.orelse))):
            given = (*given, one.test)


def _leaves(body: Sequence[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], _ENDS)


def _imported(module: ast.Module) -> set[str]:
    return {
        (one.asname or one.name).partition(".")[0]
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for one in node.names
    }


def _names(condition: ast.expr, imported: set[str]) -> Iterator[str]:
    """Yield the names that a condition reads: variables, attributes and keys, no modules."""
    for node in ast.walk(condition):
        match node:
            case ast.Name(id=name) if name not in imported:
                yield name
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner not in imported:
                yield name
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                yield key
            case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(key)), *_]):
                yield key
            case _:
                pass
