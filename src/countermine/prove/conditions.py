"""What a patch newly asks of values: how they begin and end, how long they are. Pure.

A patch that lets some values take the old way says which, in its conditions. An attack that meets
them goes that way.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from countermine.core.spans import TreePath

MOST_OF_A_KIND = 3
"""Conditions of each kind that are used; a patch that has more is rarely about a value."""

_LONGEST = 8000
"""A longer text than this is a bound on memory, not a way around a check."""

_Found = tuple[str, str]
"""A kind and a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a patch newly asks, each in the order of its text."""

    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    lengths: tuple[int, ...] = ()
    calls: tuple[str, ...] = ()
    """Last names of what it newly calls."""


def conditions(before: Mapping[TreePath, bytes], after: Mapping[TreePath, bytes]) -> Conditions:
    """Return what the touched files ask that they did not ask before.

    Args:
        before: The touched files as they were; new ones are not among them.
        after: The same files with the patch.
    """
    found: list[_Found] = []
    for path in sorted(after):
        old = Counter(_asked(before.get(path, b"")))
        for one in _asked(after[path]):
            if old[one]:
                old[one] -= 1
            elif one not in found:
                found.append(one)

    def of(kind: str, most: int = MOST_OF_A_KIND) -> list[str]:
        return [text for known, text in found if known == kind][:most]

    return Conditions(
        prefixes=tuple(of("prefix")),
        suffixes=tuple(of("suffix")),
        lengths=tuple(map(int, of("length"))),
        calls=tuple(of("call", len(found))),
    )


def _asked(content: bytes) -> list[_Found]:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [one for node in ast.walk(tree) for one in _of_node(node)]


def _of_node(node: ast.AST) -> Iterator[_Found]:
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=args):
            yield "call", name
            kind = {"startswith": "prefix", "endswith": "suffix"}.get(name)
            if kind is not None and args:
                yield from ((kind, text) for text in _texts(args[0]))
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
            if any(_measures(one) for one in sides):
                yield from (("length", str(one)) for side in sides for one in _numbers(side))
        case ast.Slice(lower=lower, upper=upper):
            ends = [end for end in (lower, upper) if end is not None]
            yield from (("length", str(one)) for end in ends for one in _numbers(end))
        case ast.Constant(value=str(text)) if _is_ending(text):
            yield "suffix", text
        case _:
            pass


def _is_ending(text: str) -> bool:
    """Tell whether a text looks like the ending of a file's name."""
    return text.startswith(".") and text[1:].isalnum() and len(text) <= len(".tar.gz")


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)) if text and not _is_ending(text):
            # What looks like an ending is found as a constant.
            yield text
        case ast.Constant(value=bytes(data)) if data:
            yield data.decode("latin-1")
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            for item in items:
                yield from _texts(item)
        case _:
            pass


def _measures(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"


def _numbers(node: ast.expr) -> Iterator[int]:
    # Of a length that is worked out (8 * 1024) the parts are no lengths.
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value > 1:
        if node.value <= _LONGEST:
            yield node.value
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        factors = [*_numbers(node.left), *_numbers(node.right)]
        if len(factors) == len((node.left, node.right)) and factors[0] * factors[1] <= _LONGEST:
            yield factors[0] * factors[1]
