"""Settings that a driver makes and that only the patch asks for. Pure; gate 3 runs it.

A driver that nobody vouches for may give data to objects that hold settings. A patch that mends
the flaw only where such a setting is made would be looked at in the one set-up in which it works.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from countermine.core.spans import TreePath


def violations(
    before: Mapping[TreePath, bytes], after: Mapping[TreePath, bytes], driver: str | None
) -> tuple[str, ...]:
    """Return the conditions of a patch that ask for what the driver sets, sorted.

    Args:
        before: Content of the touched files that the tree has.
        after: Content of all touched files with the patch.
        driver: Source of the driver, ``None`` where the weakness's own plan is driven.
    """
    names = _set_by(driver or "")
    if not names:
        return ()
    new = _asked(after.values()) - _asked(before.values())
    return tuple(
        f"asks for {name}, which the witness's driver sets" for name in sorted(names & set(new))
    )


def _set_by(driver: str) -> set[str]:
    return {
        target.attr
        for node in _nodes(driver.encode())
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute)
    }


def _asked(texts: Iterable[bytes]) -> Counter[str]:
    """Return how often an attribute, or the text of a key, stands in a condition."""
    tests = (
        test
        for text in texts
        for node in _nodes(text)
        for test in (getattr(node, "test", None), *getattr(node, "ifs", ()))
        if isinstance(test, ast.expr)
    )
    return Counter(name for test in tests for one in ast.walk(test) if (name := _name(one)))


def _name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _nodes(text: bytes) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(ast.parse(text))
    except (SyntaxError, ValueError):
        return
