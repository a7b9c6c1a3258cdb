"""What a constant text of a module is, where it is put together from others."""

import ast
import re
from collections.abc import Mapping, Sequence

MAX_DEPTH = 24
MAX_ITEMS = 200
_PLAIN_FIELDS = re.compile(r"(?:[^{}]|\{\{|\}\}|\{\w*\})*")
"""A text for ``format`` that asks for whole values, not for parts of them."""


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
        case ast.BinOp() | ast.JoinedStr() | ast.Call() | ast.Subscript():
            return _made(node, names, depth - 1)
        case _:
            return None


def _made(
    node: ast.BinOp | ast.JoinedStr | ast.Call | ast.Subscript,
    names: Mapping[str, ast.expr],
    depth: int,
) -> str | None:
    match node:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _together([left, right], names, depth)
        case ast.BinOp(op=ast.Mod(), left=left, right=right):
            return _formatted(constant_text(left, names, depth), right, names, depth)
        case ast.JoinedStr(values=values):
            plain = [one.value if isinstance(one, ast.FormattedValue) else one for one in values]
            return _together(plain, names, depth)
        case ast.Call(func=ast.Attribute(attr=method, value=owner)):
            return _called(method, owner, node, names, depth)
        case ast.Subscript(value=whole, slice=ast.Slice(lower=lower, upper=upper, step=None)):
            return _cut(constant_text(whole, names, depth), lower, upper)
        case _:
            return None


def _called(
    method: str, owner: ast.expr, call: ast.Call, names: Mapping[str, ast.expr], depth: int
) -> str | None:
    if method == "escape" and len(call.args) == 1:
        text = constant_text(call.args[0], names, depth)
        return None if text is None else re.escape(text)
    if method == "join" and len(call.args) == 1:
        return _joined(constant_text(owner, names, depth), call.args[0], names, depth)
    if method == "format":
        return _filled(constant_text(owner, names, depth), call, names, depth)
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
    by_name = _by_name(given, names, depth)
    if by_name is not None:
        return _percent(form, by_name)
    parts = given.elts if isinstance(given, ast.Tuple) else [given]
    texts = [constant_text(one, names, depth) for one in parts]
    known = tuple(text for text in texts if text is not None)
    return _percent(form, known) if len(known) == len(texts) else None


def _percent(form: str, given: tuple[str, ...] | dict[str, str]) -> str | None:
    try:
        return form % given
    except (TypeError, ValueError, KeyError):
        return None


def _by_name(node: ast.expr, names: Mapping[str, ast.expr], depth: int) -> dict[str, str] | None:
    """Return the texts of a dictionary by their keys, ``None`` of anything else."""
    if isinstance(node, ast.Name | ast.Attribute):
        node = names.get(name_of(node), node)
    if not isinstance(node, ast.Dict):
        return None
    keys = [one.value if isinstance(one, ast.Constant) else None for one in node.keys]
    texts = [constant_text(one, names, depth) for one in node.values]
    pairs = zip(keys, texts, strict=True)
    known = {key: text for key, text in pairs if isinstance(key, str) and text is not None}
    return known if len(known) == len(keys) else None


def _filled(
    form: str | None, call: ast.Call, names: Mapping[str, ast.expr], depth: int
) -> str | None:
    """Return what ``format`` makes of a text, where all that it is given is constant."""
    if form is None or not _PLAIN_FIELDS.fullmatch(form):
        return None
    given = [constant_text(one, names, depth) for one in call.args]
    named = {one.arg: constant_text(one.value, names, depth) for one in call.keywords}
    if None in given or None in named.values() or None in named:
        return None
    try:
        return form.format(*given, **{key: text for key, text in named.items() if key is not None})
    except (IndexError, KeyError, ValueError):
        return None


def _cut(text: str | None, lower: ast.expr | None, upper: ast.expr | None) -> str | None:
    ends = []
    for one in (lower, upper):
        try:
            ends.append(None if one is None else ast.literal_eval(one))
        except (ValueError, TypeError):
            return None
    whole = all(end is None or type(end) is int for end in ends)
    return text[ends[0] : ends[1]] if text is not None and whole else None


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
    if isinstance(listed, ast.ListComp | ast.GeneratorExp):
        return _comprehended(between, listed, names, depth)
    if between is None or not isinstance(listed, ast.List | ast.Tuple):
        return None
    texts = [constant_text(one, names, depth) for one in listed.elts]
    known = [text for text in texts if text is not None]
    if len(known) != len(texts):
        return None
    return between.join(re.escape(text) if escaped else text for text in known)


def _comprehended(
    between: str | None,
    made: ast.ListComp | ast.GeneratorExp,
    names: Mapping[str, ast.expr],
    depth: int,
) -> str | None:
    """Return the joined texts that a comprehension makes of a constant list."""
    if len(made.generators) != 1 or between is None:
        return None
    source, target = made.generators[0].iter, made.generators[0].target
    if isinstance(source, ast.Name | ast.Attribute):
        source = names.get(name_of(source), source)
    if made.generators[0].ifs or not isinstance(target, ast.Name):
        return None
    if not isinstance(source, ast.List | ast.Tuple) or len(source.elts) > MAX_ITEMS:
        return None
    texts = [constant_text(made.elt, {**names, target.id: one}, depth) for one in source.elts]
    known = [text for text in texts if text is not None]
    return between.join(known) if len(known) == len(texts) else None
