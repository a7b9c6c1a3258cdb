"""Reads from the code of a function what its parameters must be, by what it does with them."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.allowed import allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIST = "list"
PATH = "path"
BYTES = "bytes"
TEXT = "text"
STREAM = "stream"
MAPPING = "mapping"
CALLABLE = "callable"
OBJECT = "object"
"""Has attributes that no plain type has."""
PREFIX = "prefix"
"""Something is put behind it, as behind the name of a folder that ends in a slash."""
OF = " of "
"""Between ``list`` and what is in it."""
ONE_OF = "one of "
"""Before the texts, as JSON, that a parameter is compared with."""
MUST_BE = "must be one of "
"""Before the texts, as JSON, of which a parameter has to be one."""
MAX_CHOICES = 4
UNDONE = "undone by "
"""Before what is done to a parameter first, as JSON: pairs of the owner and the inverse, the
innermost first."""
_INVERSES = {"decrypt": "encrypt", "decompress": "compress"}
"""No signature is among them: it is there to refuse whom the witness stands for."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BY_ATTRIBUTE = (
    (
        PATH,
        _words(
            "stem suffix is_file is_dir iterdir rglob read_text read_bytes write_text write_bytes"
            " joinpath with_suffix with_name relative_to as_posix expanduser"
        ),
    ),
    (STREAM, frozenset({"read", "readline", "readlines"})),
    (BYTES, frozenset({"decode"})),
    (
        TEXT,
        _words(
            "split rsplit splitlines strip lstrip rstrip lower upper title startswith endswith"
            " encode partition rpartition replace casefold isdigit"
        ),
    ),
    (MAPPING, frozenset({"items", "keys", "values", "setdefault"})),
    (LIST, frozenset({"append", "extend", "sort", "insert"})),
)
_WRAPPERS = frozenset({"enumerate", "sorted", "reversed", "list", "tuple", "set"})

Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def shapes(function: Callable[..., Any]) -> dict[str, str]:
    """Return the shapes of a function's parameters, where its source can be had."""
    of = function.__init__ if inspect.isclass(function) else function
    try:
        lines, _ = inspect.getsourcelines(inspect.unwrap(of))
        parsed = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, TypeError, SyntaxError, ValueError, RecursionError):
        return {}
    found = parsed.body[0] if parsed.body else None
    if not isinstance(found, Function):
        return {}
    told = shapes_in(found)
    for name, texts in allowed(function, found).items():
        if told.get(name, "") in {"", TEXT} or choices(told[name]):
            told[name] = MUST_BE + json.dumps(texts)
    return told


def shapes_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, str]:
    """Return the shapes of the parameters of a definition, of those of which it says one."""
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    rebound = {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    told = ((name, _shape_or_choice(name, nodes)) for name in names if name not in rebound)
    return {**{name: shape for name, shape in told if shape}, **_undone_in(names, nodes)}


def undone(shape: str) -> list[tuple[str, str]]:
    """Return by whom and how what is first done to a parameter is undone, the innermost first."""
    pairs = json.loads(shape[len(UNDONE) :]) if shape.startswith(UNDONE) else []
    return [(owner, inverse) for owner, inverse in pairs]


def _undone_in(names: list[str], nodes: list[ast.AST]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        layers = [_layers(name, node) or [] for node in nodes]
        longest = max(layers, key=len, default=[])
        if longest:
            found[name] = UNDONE + json.dumps(longest)
    return found


def _layers(name: str, node: ast.AST) -> list[tuple[str, str]] | None:
    """Return what is done to a name by calls alone, ``None`` where it is anything else."""
    if _is(node, name):
        return []
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
        return None
    inner = _layers(name, node.args[0])
    owner = _dotted(node.func.value)
    if inner is None or owner is None or node.func.attr not in _INVERSES:
        return None
    return [*inner, (owner, _INVERSES[node.func.attr])]


def _dotted(node: ast.AST) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([node.id, *parts]) if isinstance(node, ast.Name) else None


def choices(shape: str) -> list[str]:
    """Return the texts that a parameter of a shape is compared with, as far as they are known."""
    for before in (ONE_OF, MUST_BE):
        if shape.startswith(before):
            return list(json.loads(shape[len(before) :]))
    return []


def must_be(shape: str) -> str | None:
    """Return a text that a parameter of a shape may be, where it may not be any."""
    return choices(shape)[0] if shape.startswith(MUST_BE) else None


def _shape_or_choice(name: str, nodes: list[ast.AST]) -> str:
    shape = _shape(name, nodes)
    texts = list(dict.fromkeys(_compared(name, nodes)))[:MAX_CHOICES]
    return ONE_OF + json.dumps(texts) if texts and shape in {"", TEXT} else shape


def _compared(name: str, nodes: list[ast.AST]) -> Iterator[str]:
    """Yield the texts that a name is compared with."""
    for node in nodes:
        if not isinstance(node, ast.Compare) or not _is(node.left, name):
            continue
        for operator, other in zip(node.ops, node.comparators):  # noqa: B905 - 3.8 and up
            among = isinstance(operator, (ast.In, ast.NotIn)) and hasattr(other, "elts")
            texts = other.elts if among else [other]  # type: ignore[attr-defined]  # as was asked
            if among or isinstance(operator, (ast.Eq, ast.NotEq)):
                yield from (
                    one.value
                    for one in texts
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value
                )


def _shape(name: str, nodes: list[ast.AST], depth: int = 2) -> str:
    attributes = {
        node.attr for node in nodes if isinstance(node, ast.Attribute) and _is(node.value, name)
    }
    for shape, words in _BY_ATTRIBUTE:
        if attributes & words:
            return shape
    for node in nodes:
        if isinstance(node, ast.Subscript) and _is(node.value, name) and _is_text(node.slice):
            return MAPPING
        if isinstance(node, ast.Call) and _is(node.func, name):
            return CALLABLE
    for item in _items(name, nodes):
        inner = _shape(item, nodes, depth - 1) if depth else ""
        # A text is gone through as well, sign by sign.
        plain = LIST if name.endswith("s") else ""
        return LIST + OF + inner if inner else plain
    is_prefix = not attributes and any(_is_prefix(node, name) for node in nodes)
    return (PREFIX if is_prefix else "") or (OBJECT if attributes else "")


def _is_prefix(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _is(node.left, name)
    if not isinstance(node, ast.JoinedStr) or len(node.values) < 2:  # noqa: PLR2004 - it and more
        return False
    parts = [one.value for one in node.values[:2] if isinstance(one, ast.FormattedValue)]
    return len(parts) > 1 and _is(parts[0], name)


def _items(name: str, nodes: list[ast.AST]) -> Iterator[str]:
    """Yield the names that the items of a collection get where it is gone through."""
    for node in nodes:
        if not isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            continue
        through, target = node.iter, node.target
        wrapper = through.func if isinstance(through, ast.Call) else None
        if isinstance(through, ast.Call) and isinstance(wrapper, ast.Name) and through.args:
            if wrapper.id not in _WRAPPERS:
                continue
            through = through.args[0]
            if wrapper.id == "enumerate" and isinstance(target, ast.Tuple):
                target = target.elts[-1]
        if _is(through, name) and isinstance(target, ast.Name):
            yield target.id


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_text(node: ast.AST) -> bool:
    node = getattr(node, "value", node) if type(node).__name__ == "Index" else node  # before 3.9
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def within(shape: str) -> str | None:
    """Return the shape of what is in a list, or ``None`` where it is no list."""
    return shape.partition(OF)[2] if shape.partition(OF)[0] == LIST else None
