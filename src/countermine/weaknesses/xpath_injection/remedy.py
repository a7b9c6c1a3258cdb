"""Remedies: values go to the expression as variables."""

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import where_built
from countermine.fix.pieces import Hole, Piece, Text, decompose, merged
from countermine.fix.retext import Insert, NewPart, joined_code, rewrite_text, text_code
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import (
    Site,
    argument,
    fitting,
    has_starred,
    misfit,
    sink_call,
    tainted_argument,
)
from countermine.fix.tree import dotted

_QUOTES = "'\""
_TAKEN = frozenset({"extensions", "namespaces", "path", "query", "self", "smart_strings", "type"})
"""Keywords with another meaning."""
_IN_A_MAPPING = frozenset({"elementpath.select", "elementpath.iter_select"})


def _as_variables(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    if call is None or has_starred(call):
        misfit("the expression is no argument of a call")
    arg = tainted_argument(site, call)
    if arg is None:
        misfit("which argument is the expression cannot be told")
    is_method = isinstance(call.func, cst.Attribute) and call.func.attr.value == "xpath"
    mapped = site.finding.sink in _IN_A_MAPPING
    if not (is_method or mapped) or (mapped and argument(call, None, "variables") is not None):
        misfit("what the expression is used with cannot be told")
    built = fitting(where_built(site, arg.value))
    pieces = decompose(built.expression)
    if pieces is None or not any(isinstance(piece, Text) for piece in pieces):
        misfit("the whole expression comes from elsewhere, so no part can be set apart")
    taken = {one.keyword.value for one in call.args if one.keyword is not None} | _TAKEN
    names: dict[str, str] = {}
    new: list[NewPart] = []
    for part in _split(merged(pieces)):
        if isinstance(part, tuple):
            code = _code(site, part)
            name = _name(part, code, names, taken)
            names[name] = code
            token = next((one.token for one in part if one.token is not None), None)
            new.append(Insert(text=f"${name}", token=token))
        else:
            new.append(part)
    if not names:
        misfit("no value is computed in the expression")
    fitting(rewrite_text(site, draft, built.expression, new))
    if mapped:
        given = ", ".join(f'"{name}": {code}' for name, code in names.items())
        draft.add_argument(call, f"variables={{{given}}}")
    else:
        draft.add_argument(call, ", ".join(f"{name}={code}" for name, code in names.items()))
    return "Pass values to the expression as variables"


def _split(pieces: Sequence[Piece]) -> list[Text | tuple[Piece, ...]]:
    """Return the texts of an expression, and what stands between quotes where it is computed."""
    found: list[Text | tuple[Piece, ...]] = []
    inside: list[Piece] = []
    quote = ""
    for piece in pieces:
        if isinstance(piece, Hole):
            if not quote:
                misfit("a computed part of the expression is no text between quotes")
            inside.append(piece)
            continue
        rest = piece.raw
        while rest:
            if quote:
                text, closed, rest = rest.partition(quote)
                inside.append(replace(piece, raw=text))
                if closed:
                    found += _closed(inside, quote)
                    inside, quote = [], ""
                continue
            start = min((at for one in _QUOTES if (at := rest.find(one)) >= 0), default=len(rest))
            found.append(replace(piece, raw=rest[:start]))
            quote, rest = rest[start : start + 1], rest[start + 1 :]
    if quote:
        misfit("a quote of the expression is never closed")
    return [one for one in found if isinstance(one, tuple) or one.raw]


def _closed(inside: list[Piece], quote: str) -> list[Text | tuple[Piece, ...]]:
    """Return a constant: as it stands, or what it is made of where that is computed."""
    if any(isinstance(one, Hole) for one in inside):
        return [tuple(one for one in inside if isinstance(one, Hole) or one.raw)]
    texts = [one for one in inside if isinstance(one, Text)]
    whole = "".join(one.raw for one in texts)
    return [replace(texts[0], raw=f"{quote}{whole}{quote}")]


def _code(site: Site, parts: tuple[Piece, ...]) -> str:
    only = parts[0]
    if len(parts) == 1 and isinstance(only, Hole):
        return text_code(site, only)
    return fitting(joined_code(site, parts))


def _name(
    parts: tuple[Piece, ...], code: str, names: dict[str, str], taken: frozenset[str] | set[str]
) -> str:
    """Return a name for a variable that stands for nothing else."""
    holes = [part for part in parts if isinstance(part, Hole)]
    written = (dotted(holes[0].node) or "").rpartition(".")[2] or "value"
    name, number = written, 1
    while name in taken or (name in names and names[name] != code):
        number += 1
        name = f"{written}_{number}"
    return name


REMEDIES = (remedy("xpath-variables", _as_variables),)
