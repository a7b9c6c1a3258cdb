"""Texts of which a regular expression takes all but a narrow set of characters."""

import re

from countermine.flow import guards
from countermine.flow.frame import Arguments
from countermine.flow.values import EVERY_KIND, Taint, Value, all_taints, constant

_ALL_BUT = re.compile(r"\[\^((?:[^\]\\]|\\.)+)\][+*]?")
_SPACE = re.compile(r"\\s| ")
_NARROW = re.compile(r"[\w.\-]*")
_WITH_SPACES = frozenset({"path", "archive", "html", "redirect", "url"})
"""Kinds for which words with spaces between them do no harm."""


def substituted(arguments: Arguments) -> Value:
    """Return what ``re.sub`` gives."""
    pattern = arguments.at(0, "pattern")
    text = arguments.at(2, "string")
    if pattern is None or text is None:
        return Value(merge(arguments))
    return _without(pattern, arguments.at(1, "repl"), text)


def substituted_by(pattern: Value, arguments: Arguments) -> Value:
    """Return what the method ``sub`` of a compiled expression gives."""
    text = arguments.at(1, "string")
    if text is None:
        return Value(merge(arguments))
    known = (pattern.fields or {}).get(guards.PATTERN, constant(None))
    return _without(known, arguments.at(0, "repl"), text)


def merge(arguments: Arguments) -> tuple[Taint, ...]:
    """Return the taints of all arguments."""
    return all_taints(Value(items=tuple(arguments.everything())))


def _without(pattern: Value, replacement: Value | None, text: Value) -> Value:
    given = replacement if replacement is not None else constant(None)
    kinds = _left_harmless(pattern.const, given.const)
    taints = tuple(
        Taint(t.origin, t.step, t.neutral | kinds, t.composed, t.sure) for t in all_taints(text)
    )
    both = Value(items=(Value(taints), Value(all_taints(given))))
    return Value(all_taints(both), text=True)


def _left_harmless(pattern: object, replacement: object) -> frozenset[str]:
    """Return the kinds for which a text does no harm once what matches is replaced."""
    if not isinstance(pattern, str) or not isinstance(replacement, str):
        return frozenset()
    if not _NARROW.fullmatch(replacement):
        return frozenset()
    if pattern in (r"\W", r"\W+", r"\D", r"\D+"):
        return frozenset({EVERY_KIND})
    found = _ALL_BUT.fullmatch(pattern)
    if found is None:
        return frozenset()
    kept = _SPACE.sub("", found[1])
    if kept and not guards.is_narrow(f"[{kept}]", whole=True):
        return frozenset()
    return frozenset({EVERY_KIND}) if kept == found[1] else _WITH_SPACES
