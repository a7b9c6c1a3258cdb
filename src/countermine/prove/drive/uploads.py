"""Which field of a form an uploaded file comes in, as the code that reads it says."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.spans import TreePath

_FILES = frozenset({"FILES", "files"})
_FORMS = frozenset({"POST", "form"})
_GETTERS = frozenset({"get", "getlist", "pop"})
_NAMES = frozenset({"filename", "name"})
_REQUESTED = frozenset({EntryKind.ASGI_ROUTE, EntryKind.DJANGO_VIEW, EntryKind.FLASK_VIEW})
_FIELDS = frozenset({Channel.FORM, Channel.QUERY, Channel.UPLOAD_NAME, Channel.UPLOAD_CONTENT})
_UPLOAD = "UploadFile"


def uploaded(entry: EntryPoint, texts: Mapping[TreePath, bytes]) -> EntryPoint:
    """Return an entry point with the field of the file, where a file is what enters.

    The search knows that it is the name of a file, and not always of which; or it knows the field,
    and takes it for a text.
    """
    is_file = entry.channel in {Channel.UPLOAD_NAME, Channel.UPLOAD_CONTENT}
    if entry.channel not in _FIELDS or (entry.kind not in _REQUESTED and not is_file):
        return entry
    function = _function(texts.get(entry.path, b""), entry.qualname)
    if function is None:
        return entry
    fields = list(dict.fromkeys(_fields(function)))
    if is_file:
        known = entry.key is not None or not fields
        return entry if known else replace(entry, key=fields[0])
    named = entry.key in fields
    return replace(entry, channel=Channel.UPLOAD_NAME) if named else entry


def _function(text: bytes, qualname: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    try:
        found: ast.AST | None = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    for part in qualname.replace("<locals>.", "").split("."):
        inside = ast.walk(found) if found is not None else ()
        found = next((node for node in inside if getattr(node, "name", None) == part), None)
    return found if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) else None


def _fields(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Yield the fields that hold files, those first of which the name is asked for."""
    given = function.args
    for one in (*given.posonlyargs, *given.args, *given.kwonlyargs):
        if one.annotation is not None and _UPLOAD in ast.unparse(one.annotation):
            yield one.arg
    holders = _holders(function)
    asked = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr in _NAMES
    ]
    for value in asked:
        key = holders.get(value.id) if isinstance(value, ast.Name) else _key(value)
        if key is not None:
            yield key
    for node in ast.walk(function):
        key = _key(node, _FILES) if isinstance(node, ast.expr) else None
        if key is not None:
            yield key


def _holders(function: ast.AST) -> dict[str, str]:
    """Return the variables that hold a field of a form, or of its files."""
    found: dict[str, str] = {}
    forms = set(_FORMS)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _reads_form(node.value):
            forms.update(one.id for one in node.targets if isinstance(one, ast.Name))
    for node in ast.walk(function):
        value = getattr(node, "value", None)
        key = _key(value, _FILES | forms) if isinstance(value, ast.expr) else None
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if key is not None and isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            found |= {one.id: key for one in targets if isinstance(one, ast.Name)}
    return found


def _reads_form(value: ast.expr) -> bool:
    """Tell whether an expression is ``await request.form()`` or ``await request.post()``."""
    match value:
        case ast.Await(value=ast.Call(func=ast.Attribute(attr="form" | "post"))):
            return True
        case _:
            return False


def _key(node: ast.expr, owners: frozenset[str] | set[str] = _FILES) -> str | None:
    """Return the key of ``files["key"]`` and its like, ``None`` for other expressions."""
    match node:
        case ast.Subscript(value=owner, slice=ast.Constant(value=str(key))):
            return key if _called(owner) in owners else None
        case ast.Call(
            func=ast.Attribute(value=owner, attr=method), args=[ast.Constant(value=str(key)), *_]
        ) if method in _GETTERS:
            return key if _called(owner) in owners else None
        case _:
            return None


def _called(owner: ast.expr) -> str:
    return str(getattr(owner, "attr", getattr(owner, "id", "")))
