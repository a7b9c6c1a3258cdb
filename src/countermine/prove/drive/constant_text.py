"""What a constant text of a module is, where it is put together from others."""

import ast
import re
from collections.abc import Mapping, Sequence

MAX_DEPTH = 24


def constant_text(
    node: ast.expr, names: Mapping[str, ast.expr], depth: int = MAX_DEPTH
) -> str | None:
    """Return the text of an expression, bytes sign by sign; ``None`` where the source hides it.

    Args:
        node: The expression.
        names: What names and attributes of the module are given, each once.
        depth: How many steps may be taken.
    """
    if depth == 0:
        return None
    match node:
        case ast.Constant(value=value):
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            return text if isinstance(text, str) else None
        case ast.Name() | ast.Attribute():
            other = names.get(name_of(node))
            return None if other is None else constant_text(other, names, depth - 1)
        case ast.BinOp() | ast.JoinedStr() | ast.Call():
            return _made(node, names, depth - 1)
        case _:
            return None


def _made(
    node: ast.BinOp | ast.JoinedStr | ast.Call, names: Mapping[str, ast.expr], depth: int
) -> str | None:
    match node:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _together([left, right], names, depth)
        case ast.BinOp(op=ast.Mod(), left=left, right=right):
            return _formatted(constant_text(left, names, depth), right, names, depth)
        case ast.JoinedStr(values=values):
            plain = [one.value if isinstance(one, ast.FormattedValue) else one for one in values]
            return _together(plain, names, depth)
        case ast.Call(func=ast.Attribute(attr="join", value=between), args=[listed]):
            return _joined(constant_text(between, names, depth), listed, names, depth)
        case ast.Call(func=ast.Attribute(attr="escape"), args=[inner]):
            text = constant_text(inner, names, depth)
            return None if text is None else re.escape(text)
        case _:
            return None


def _together(
    nodes: Sequence[ast.expr], names: Mapping[str, ast.expr], depth: int, between: str = ""
) -> str | None:
    texts = [constant_text(one, names, depth) for one in nodes]
    known = [text for text in texts if text is not None]
    return between.join(known) if len(known) == len(texts) else None


def name_of(node: ast.expr) -> str:
    """Return the last name of a name or attribute."""
    return str(getattr(node, "id", getattr(node, "attr", "")))


def _formatted(
    form: str | None, given: ast.expr, names: Mapping[str, ast.expr], depth: int
) -> str | None:
    if form is None:
        return None
    parts = given.elts if isinstance(given, ast.Tuple) else [given]
    texts = [constant_text(one, names, depth) for one in parts]
    known = tuple(text for text in texts if text is not None)
    if len(known) != len(texts):
        return None
    try:
        return form % known
    except (TypeError, ValueError):
        return None


def _joined(
    between: str | None, listed: ast.expr, names: Mapping[str, ast.expr], depth: int
) -> str | None:
    escaped = False
    match listed:
        case ast.Call(func=ast.Name(id="map"), args=[ast.Attribute(attr="escape"), inner]):
            listed, escaped = inner, True
        case _:
            pass
    if isinstance(listed, ast.Name | ast.Attribute):
        listed = names.get(name_of(listed), listed)
    if between is None or not isinstance(listed, ast.List | ast.Tuple):
        return None
    texts = [constant_text(one, names, depth) for one in listed.elts]
    known = [text for text in texts if text is not None]
    if len(known) != len(texts):
        return None
    return between.join(re.escape(text) if escaped else text for text in known)
