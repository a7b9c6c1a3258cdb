"""Comparisons of a secret with what comes from outside."""

import re

from countermine.catalogue.schema import Form, Sink
from countermine.core.levels import SourceLevel
from countermine.flow import ir, sinks
from countermine.flow.conditions import condition_holds
from countermine.flow.frame import Arguments, Frame, Site
from countermine.flow.values import MISSING, NO_FACTS, Taint, Value, all_taints

_MADE = "hmac.HMAC.made"
_MAKES = re.compile(
    r"_*(?:(?:get|make|compute|calc|calculate|generate|create|build|expected)_)?"
    r"(?:signature|hmac|mac|signed?_?digest)(?:_of|_for)?"
)
"""Names of functions that give back a keyed hash of what they are given."""
"""Class of a keyed hash that was just made."""
_EQUALITY = frozenset({"==", "!="})
_MEMBERSHIP = frozenset({"in", "not in"})
_NOTHING = Arguments([], {})
_REFUSAL = re.compile(rb"\b(?:return|raise|abort|exit|redirect)\b")
_REFERENCES = frozenset(
    {
        "configured", "correct", "expected", "known", "master", "own", "real", "reference",
        "required", "server", "shared", "stored", "valid",
    }
)  # fmt: skip
"""First words of names for what a guess is held against, whoever hands it over."""
_INTEGRITY = frozenset({"checksum", "checksums", "crc", "etag"})
"""Last words of names for what only says whether a file arrived whole."""
_UNKEYED = frozenset(
    {
        "blake2b", "blake2s", "checksum", "content", "data", "digest", "file", "hash", "hexdigest",
        "md5", "sha", "sha1", "sha224", "sha256", "sha384", "sha512", "sum",
    }
)  # fmt: skip
"""Words that a name for a digest without a key is made of, and of no others."""
_SECRET = re.compile(r"sign|hmac|mac\b|token|auth|secret")
"""What names say that mean a digest with a key after all."""


def check_comparison(frame: Frame, node: ir.Compare, left: Value, right: Value) -> None:
    """Record the flows into a comparison of which one side is named as a secret."""
    sides = [(node.right, right, node.left, left)]
    if node.operator in _EQUALITY:
        sides.append((node.left, left, node.right, right))
    elif node.operator not in _MEMBERSHIP:
        return
    for secret, known, other, value in sides:
        if not value.taints or known.const is not MISSING or _is_column(secret):
            continue
        made = (known.type == _MADE and not _is_parameter(frame, secret)) or _is_made(secret)
        name = _name_of(secret) or ("a keyed hash" if made else "")
        rows = frame.engine.catalogue.sinks.get(_MADE, ()) if made else _rows(frame, name)
        if not made and _is_unkeyed(name, _name_of(other)):
            continue
        if rows and _is_overwritten(frame, node, secret):
            continue
        if rows and (made or _is_reference(name) or not any(map(_is_given, all_taints(known)))):
            site = Site(
                frame.module.path, node.start, node.end, f"{node.operator} {name}",
                frame.qualname, frame.module.counts,
            )  # fmt: skip
            # What a guess was held against before does not make it slower to refuse.
            facts, frame.state.facts = frame.state.facts, NO_FACTS
            for row in _fitting(frame, rows):
                sinks.record(frame, site, row, value, other.start, other.end)
            frame.state.facts = facts


def _fitting(frame: Frame, rows: tuple[Sink, ...]) -> list[Sink]:
    """Return the rows that count here: those whose conditions hold stand for those without any."""
    special = [
        row
        for row in rows
        if row.when and all(condition_holds(frame, c, _NOTHING, None) for c in row.when)
    ]
    return special or [row for row in rows if not row.when]


def _is_made(side: ir.Expr) -> bool:
    """Tell whether a side is what a method of the same object makes to hold the other against."""
    return (
        isinstance(side, ir.Call)
        and isinstance(side.function, ir.Attr)
        and isinstance(side.function.target, ir.Name)
        and side.function.target.name in {"self", "cls"}
        and _MAKES.fullmatch(side.function.name.lower()) is not None
        and bool(side.arguments)
    )


def _is_parameter(frame: Frame, side: ir.Expr) -> bool:
    """Tell whether a side is what the function is given: who compares it is whoever calls that."""
    parameters = frame.function.parameters
    return isinstance(side, ir.Name) and any(one.name == side.name for one in parameters)


def _is_overwritten(frame: Frame, node: ir.Compare, secret: ir.Expr) -> bool:
    """Tell whether the secret is set where the two differ, and nobody is refused before.

    Then it is asked whether a setting was changed: whoever is there may set it.
    """
    text = frame.module.text
    ending = re.escape(text[secret.start : secret.end]) + rb"\s*=(?!=)"
    found = re.compile(ending).search(text, node.end, frame.info.end)
    return (
        node.operator == "!="
        and found is not None
        and _REFUSAL.search(text, node.end, found.start()) is None
    )


def _is_column(side: ir.Expr) -> bool:
    """Tell whether a side is an attribute of a class: its comparison is a piece of a query."""
    return (
        isinstance(side, ir.Attr)
        and isinstance(side.target, (ir.Attr, ir.Name))
        and side.target.name.lstrip("_")[:1].isupper()
        and not side.target.name.isupper()
    )


def _rows(frame: Frame, name: str) -> tuple[Sink, ...]:
    """Return the rows of a name: of the whole of it, or of the words that it ends with."""
    words = name.lower().split("_") if name else []
    for first in range(len(words)):
        rows = frame.engine.catalogue.sinks.get("*." + "_".join(words[first:]), ())
        made = frame.engine.catalogue.sinks.get(_MADE, ())
        found = tuple(row for row in rows if row.form is Form.COMPARE and row not in made)
        if found:
            return found
    return ()


def _is_unkeyed(name: str, other: str) -> bool:
    """Tell whether names say that a digest of some content is held against what it should be.

    Whoever knows the content knows such a digest: there is nothing to find out.
    """
    words = name.lower().strip("_").split("_")
    plain = len(words) > 1 and _UNKEYED.issuperset(words)
    meant = words[-1] in _UNKEYED and other.lower().rpartition("_")[2] in _INTEGRITY
    return (plain or meant) and not _SECRET.search(f"{name} {other}".lower())


def _name_of(side: ir.Expr) -> str:
    """Return how the code calls a value: its variable, attribute, key, or method."""
    match side:
        case ir.Name(name=name) | ir.Attr(name=name):
            return name
        case ir.Item(index=ir.Const(value=str(key))):
            return key
        case ir.Call(function=ir.Attr(name="get"), arguments=[ir.Argument(value=key), *_]):
            return str(key.value) if isinstance(key, ir.Const) else ""
        case ir.Call(function=ir.Attr(name=name) | ir.Name(name=name)):
            return name
        case _:
            inner = _core(side)
            return "" if inner is None else _name_of(inner)


def _core(side: ir.Expr) -> ir.Expr | None:
    """Return what a text is made of, behind a known beginning or as other bytes."""
    match side:
        case ir.Binary(operator="+", operands=[ir.Const(), last]):
            return last
        case ir.Format(parts=[ir.Const(), last]):
            return last.value if isinstance(last, ir.Field) else last
        case _:
            return None


def _is_reference(name: str) -> bool:
    """Tell whether a name says that this is the secret, and the other side the guess."""
    return name.lower().partition("_")[0] in _REFERENCES


def _is_given(taint: Taint) -> bool:
    """Tell whether a value is itself from outside, or may be: then it is compared with its like."""
    origin = taint.origin
    if origin.owner is None:
        return origin.level is SourceLevel.REMOTE
    return not origin.trail
