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
    """Return what the driver sets and the patch newly reads, sorted.

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
    """Return how often an attribute is read, or its name stands as a text.

    Not in conditions alone: what is read may decide later, by another name.
    """
    return Counter(name for text in texts for node in _nodes(text) if (name := _name(node)))


def _name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr if isinstance(node.ctx, ast.Load) else None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _nodes(text: bytes) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(ast.parse(text))
    except (SyntaxError, ValueError):
        return
