"""What an entry point takes beside the value under attack: other fields, parameters, the session.

A patch may drop one of them in silence. Where nothing is given for it, nothing of that is seen.
"""

import ast
import re
from collections.abc import Iterator, Mapping

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.spans import TreePath
from countermine.core.witnesses import Input
from countermine.prove.drive.payloads import PROBE

BESIDE = "cmbeside"
"""What is given for another field: a word, unlike that of the value."""
SESSION = f"{PROBE}session"
"""Key of a cookie that stands for a session with something in it."""
MAX_FIELDS = 4
MAX_WORDS = 12
_PLAIN = re.compile(r"[^\s<>%]{1,60}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")

_READ_FROM = {
    "args": Channel.QUERY,
    "query": Channel.QUERY,
    "query_params": Channel.QUERY,
    "GET": Channel.QUERY,
    "values": Channel.QUERY,
    "form": Channel.FORM,
    "POST": Channel.FORM,
    "cookies": Channel.COOKIE,
    "COOKIES": Channel.COOKIE,
}
"""Attributes of requests that hold fields."""
_ARGUMENTS = {
    "get_argument": Channel.QUERY,
    "get_query_argument": Channel.QUERY,
    "get_body_argument": Channel.FORM,
}
"""Methods of Tornado's handlers."""
_GETTERS = frozenset({"get", "getlist", "getall", "pop"})
_CALLED = frozenset({EntryKind.FUNCTION, EntryKind.METHOD})
_TEXTS = frozenset({"str", "Optional", "None"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def fields_beside(
    entry: EntryPoint, texts: Mapping[TreePath, bytes], *, required: bool = False
) -> tuple[Input, ...]:
    """Return what an entry point reads beside its key, each with a word for it.

    Args:
        entry: The entry point.
        texts: Files of the target.
        required: Whether parameters that something is given for anyhow are among them.
    """
    text = texts.get(entry.path, b"")
    node = _node(text, entry.qualname)
    if node is None:
        return ()
    names = [*_parameters(node, entry, required=required)]
    if entry.kind not in _CALLED:
        # A view that is a class may read a field in another method.
        holder = _node(text, entry.qualname.rpartition(".")[0]) if "." in entry.qualname else None
        names += _reads(holder or node)
    found = {
        (channel, key): Input(channel=channel, key=key, text=BESIDE)
        for channel, key in names
        if key != entry.key
    }
    made = list(found.values())[:MAX_FIELDS]
    if entry.kind in {EntryKind.FLASK_VIEW, EntryKind.DJANGO_VIEW} and _has_session(node):
        made.append(Input(channel=Channel.COOKIE, key=SESSION, text=PROBE))
    return tuple(made)


def _node(text: bytes, qualname: str) -> ast.AST | None:
    """Return a function or a class by its qualified name."""
    try:
        node: ast.AST = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for part in qualname.split("."):
        inside = (
            one
            for one in ast.walk(node)
            if isinstance(one, _Function | ast.ClassDef) and one.name == part and one is not node
        )
        found = next(inside, None)
        if found is None:
            return None
        node = found
    return node


def _reads(node: ast.AST) -> Iterator[tuple[Channel, str]]:
    """Yield the fields of requests that code reads by name."""
    known = {
        target.id: held
        for one in ast.walk(node)
        if isinstance(one, ast.Assign) and (held := _source(one.value, {})) is not None
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    for one in ast.walk(node):
        key: ast.expr | None = None
        channel: Channel | None = None
        if isinstance(one, ast.Subscript):
            channel, key = _source(one.value, known), one.slice
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.args:
            key = one.args[0]
            if one.func.attr in _GETTERS:
                channel = _source(one.func.value, known)
            else:
                channel = _ARGUMENTS.get(one.func.attr)
        if channel is not None and isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield channel, key.value


def _source(node: ast.expr, known: Mapping[str, Channel]) -> Channel | None:
    if isinstance(node, ast.Await):
        node = node.value
    if isinstance(node, ast.Call):
        # ``await request.form()``
        node = node.func
    if isinstance(node, ast.Name):
        return known.get(node.id)
    return _READ_FROM.get(node.attr) if isinstance(node, ast.Attribute) else None


def _parameters(
    node: ast.AST, entry: EntryPoint, *, required: bool
) -> Iterator[tuple[Channel, str]]:
    """Yield parameters that nothing is given for unless somebody asks: those with defaults."""
    if not isinstance(node, _Function) or entry.kind not in {*_CALLED, EntryKind.ASGI_ROUTE}:
        return
    given = node.args
    plain = [*given.posonlyargs, *given.args]
    if required and entry.kind in _CALLED:
        for one in plain[: len(plain) - len(given.defaults)]:
            if one.arg not in {"self", "cls"} and _is_text(one.annotation, ast.Constant("")):
                yield Channel.PARAMETER, one.arg
    offset = len(plain) - len(given.defaults)
    pairs = [*zip(plain[offset:], given.defaults, strict=True)]
    pairs += [
        (one, default)
        for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
        if default is not None
    ]
    for one, default in pairs:
        channel = Channel.PARAMETER if entry.kind in _CALLED else _of_route(default)
        if channel is not None and _is_text(one.annotation, default):
            yield channel, one.arg


def _of_route(default: ast.expr) -> Channel | None:
    if isinstance(default, ast.Call):
        called = default.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        return {"Query": Channel.QUERY, "Form": Channel.FORM, "Cookie": Channel.COOKIE}.get(name)
    return Channel.QUERY


def _is_text(annotation: ast.expr | None, default: ast.expr) -> bool:
    """Tell whether a parameter takes a text, as far as its annotation or its default says."""
    if annotation is not None:
        names = {one.id for one in ast.walk(annotation) if isinstance(one, ast.Name)}
        return "str" in names and names <= _TEXTS
    return isinstance(default, ast.Constant) and isinstance(default.value, str)


def words_of(text: bytes) -> tuple[str, ...]:
    """Return the names in texts of a file, in the order in which they stand there."""
    try:
        parsed = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    texts = sorted(
        (one.lineno, one.col_offset, one.value)
        for one in ast.walk(parsed)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )
    found = (name for *_, one in texts if _PLAIN.fullmatch(one) for name in _NAME.findall(one))
    return tuple(dict.fromkeys(found))[:MAX_WORDS]


def _has_session(node: ast.AST) -> bool:
    return any(
        (isinstance(one, ast.Name) and one.id == "session")
        or (isinstance(one, ast.Attribute) and one.attr == "session")
        for one in ast.walk(node)
    )
