"""The literals that a regular expression is put together of, and how to write them anew."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import libcst as cst

from countermine.fix.bindings import module_value
from countermine.fix.rewrite import Draft
from countermine.fix.site import Site, misfit
from countermine.fix.tree import descend

_MAX_DEPTH = 12
_PLACES = re.compile(r"(%s)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of the expression."""

    text: str
    literal: cst.SimpleString | None
    """Where it is written; ``None`` where it must stay, since others use it, too."""
    at: int = 0
    """Where it begins in the value of the literal."""
    is_template: bool = False
    """Whether the literal is filled in by ``%``."""


def pieces_of(site: Site, node: cst.BaseExpression, depth: int = _MAX_DEPTH) -> tuple[Piece, ...]:
    """Return the pieces of an expression, bytes sign by sign; gives up where one is unknown."""
    if depth == 0:
        misfit("the expression is put together of too many parts")
    match node:
        case cst.SimpleString():
            return (Piece(text=value_of(node), literal=node),)
        case cst.ConcatenatedString(left=left, right=right):
            return (*pieces_of(site, left, depth - 1), *pieces_of(site, right, depth - 1))
        case cst.BinaryOperation(operator=cst.Add(), left=left, right=right):
            return (*pieces_of(site, left, depth - 1), *pieces_of(site, right, depth - 1))
        case cst.BinaryOperation(operator=cst.Modulo(), left=left, right=right):
            return _filled_in(site, pieces_of(site, left, depth - 1), right, depth - 1)
        case cst.Name(value=name):
            return _named(site, name, depth - 1)
        case _:
            return misfit("the expression is put together of parts that are no constants")


def _named(site: Site, name: str, depth: int) -> tuple[Piece, ...]:
    value = module_value(site, name)
    if value is None:
        misfit(f"what {name!r} holds cannot be told")
    found = pieces_of(site, value, depth)
    uses = [
        one for one in descend(site.tree.module) if isinstance(one, cst.Name) and one.value == name
    ]
    word = re.compile(rb"\b" + name.encode() + rb"\b")
    elsewhere = any(
        word.search(text) for path, text in site.texts.items() if path != site.tree.source.path
    )
    if len(uses) == 2 and not elsewhere:  # noqa: PLR2004 - where it is given, and here
        return found
    return tuple(replace(one, literal=None) for one in found)


def _filled_in(
    site: Site, template: Sequence[Piece], given: cst.BaseExpression, depth: int
) -> tuple[Piece, ...]:
    """Return the pieces of a template with others in the places of ``%s``."""
    if any("%" in one.text.replace("%s", "") for one in template):
        misfit("the expression is filled in by more than texts")
    values = [one.value for one in given.elements] if isinstance(given, cst.Tuple) else [given]
    found: list[Piece] = []
    for one in template:
        at = one.at
        for part in _PLACES.split(one.text):
            if part != "%s":
                found.append(replace(one, text=part, at=at, is_template=True))
            elif not values:
                misfit("the expression has more places than values")
            else:
                found += pieces_of(site, values.pop(0), depth)
            at += len(part)
    return tuple(found)


def value_of(node: cst.SimpleString) -> str:
    """Return the text of a literal, bytes sign by sign."""
    value = node.evaluated_value
    return value.decode("latin-1") if isinstance(value, bytes) else value


def is_bytes(pieces: Sequence[Piece]) -> bool:
    """Tell whether the literals are of bytes."""
    return any(one.literal is not None and "b" in one.literal.prefix.lower() for one in pieces)


def write(draft: Draft, pieces: Sequence[Piece], new: str) -> None:
    """Change the literals so that their pieces make a new text; gives up where they cannot."""
    old = "".join(one.text for one in pieces)
    changes: dict[cst.SimpleString, list[tuple[int, int, str]]] = {}
    for kind, start, end, new_start, new_end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            _spread(pieces, (start, end), new[new_start:new_end], changes)
    for literal, edits in changes.items():
        text = value_of(literal)
        for start, end, put in sorted(edits, reverse=True):
            text = text[:start] + put + text[end:]
        draft.replace(literal, spelled(literal, text))


def _spread(
    pieces: Sequence[Piece],
    place: tuple[int, int],
    put: str,
    changes: dict[cst.SimpleString, list[tuple[int, int, str]]],
) -> None:
    """Note what one change does to each literal; what is put in goes into the first of them."""
    start, end = place
    at = 0
    for one in pieces:
        first, last = max(start, at), min(end, at + len(one.text))
        touched = first < last or (put and start == end and at <= start <= at + len(one.text))
        if touched and (one.literal is not None or first < last):
            if one.literal is None:
                misfit("the part to be changed is used elsewhere, too")
            if one.is_template and "%" in put:
                misfit("the part to be changed is a template")
            edits = changes.setdefault(one.literal, [])
            edits.append((first - at + one.at, max(first, last) - at + one.at, put))
            put = ""
            if start == end:
                return
        at += len(one.text)
    if put:
        misfit("the part to be changed is used elsewhere, too")


def spelled(literal: cst.SimpleString, text: str) -> str:
    """Return a literal with another text, in the style of the one there; gives up if it cannot."""
    prefix, quote = literal.prefix, literal.quote
    is_raw = "r" in prefix.lower()
    wanted: str | bytes = text.encode("latin-1") if "b" in prefix.lower() else text
    raw = prefix if is_raw else "r" + prefix.lower().replace("u", "")
    quotes = dict.fromkeys((quote, '"', "'", '"""', "'''"))
    forms = [f"{raw}{one}{text}{one}" for one in quotes]
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    plain = f"{prefix}{quote}{escaped.replace(quote, chr(92) + quote)}{quote}"
    if not is_raw and ("\\" not in text or literal.raw_value != value_of(literal)):
        forms.insert(0, plain)
    for form in forms:
        try:
            if ast.literal_eval(form) == wanted:
                return form
        except (SyntaxError, ValueError):
            continue
    return misfit("the new expression cannot be written as the old one was")
