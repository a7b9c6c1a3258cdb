"""Tests that narrow: what a comparison or call being true or false says of taint."""

import re

from countermine.catalogue.schema import Guard
from countermine.core.levels import SourceLevel
from countermine.flow.frame import Arguments
from countermine.flow.values import (
    EVERY_KIND,
    NO_FACTS,
    NORMAL,
    Facts,
    Value,
    all_taints,
    constant,
)

COMMON_PATH = "os.path.commonpath()"
"""Class that the catalogue gives to the common part of paths."""
PATTERN = ".pattern"
"""Field that holds the text of a compiled regular expression."""
_Truth = tuple[Facts, Facts]
_NUMBER_TYPES = frozenset({"int", "float", "bool", "complex", "decimal.Decimal", "uuid.UUID"})
_TEXT_TESTS = frozenset({"isdigit", "isalnum", "isalpha", "isidentifier", "isnumeric", "isdecimal"})
_ABSENT_TEXTS: dict[str, tuple[str, ...]] = {
    "..": ("path", "archive"),
    "../": ("path", "archive"),
    "/": ("path", "archive", "redirect", "url"),
    "\\": (),
    "<": ("html",),
    "\n": ("header",),
    "\r": ("header",),
    "\r\n": ("header",),
    "__": ("code", "template"),
    ":": ("url",),
    "//": ("redirect",),
}
_SAFE_CLASS = re.compile(
    r"(?:\\[wd\\]|\[(?:[A-Za-z0-9_@:,.+=\-]|\\[wd.+\-])+\]|[A-Za-z0-9_\-]|\(\?:|\(|\)|\\[-.])(?:[*+?]|\{\d*,?\d*\})?"
)
_WHOLE_HOST = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*://[^/]+/|/(?![/\\])")


def facts_of(value: Value, kinds: tuple[str, ...], *, normalised: bool = False) -> Facts:
    """Return the facts that every taint of a value is harmless for these kinds."""
    return frozenset(
        (taint.origin.key, kind)
        for taint in all_taints(value)
        if not normalised or NORMAL in taint.neutral
        for kind in kinds
    )


def when_true(facts: Facts) -> _Truth | None:
    """Return the truth of a test that narrows when it is true."""
    return (facts, NO_FACTS) if facts else None


def when_false(facts: Facts) -> _Truth | None:
    """Return the truth of a test that narrows when it is false."""
    return (NO_FACTS, facts) if facts else None


def comparison(operator: str, left: Value, right: Value) -> _Truth | None:
    """Return what a comparison says."""
    negative = operator in ("!=", "<>", "not in", "is not")
    if operator in ("==", "!=", "<>", "is", "is not"):
        if right.const is None and left.truth is not None:
            # Nothing was found: as false as it gets.
            return left.truth if negative else negation(left.truth)
        facts = _equal(left, right)
        return when_false(facts) if negative else when_true(facts)
    if operator in ("in", "not in"):
        yes, no = _contained(left, right)
        truth = (no, yes) if negative else (yes, no)
        return truth if yes or no else None
    return None


def _equal(left: Value, right: Value) -> Facts:
    common = [one for one in (left, right) if one.type == COMMON_PATH]
    if common:
        return NO_FACTS.union(
            *(facts_of(one, ("path", "archive"), normalised=True) for one in common)
        )
    for one, other in ((left, right), (right, left)):
        if one.taints and not all_taints(other):
            return facts_of(one, (EVERY_KIND,))
    return NO_FACTS


def _contained(left: Value, right: Value) -> _Truth:
    if isinstance(left.const, str) and right.taints:
        kinds = _ABSENT_TEXTS.get(left.const)
        return NO_FACTS, facts_of(right, kinds) if kinds else NO_FACTS
    return among(left, right), NO_FACTS


def among(one: Value, collection: Value) -> Facts:
    """Return what holds of a value that is found in a collection: it is one of its elements.

    Only what those are made of remains. What is sent with the request can hold anything.
    """
    others = all_taints(collection)
    if any(t.origin.level is SourceLevel.REMOTE for t in others):
        return NO_FACTS
    keys = {t.origin.key for t in others}
    return frozenset(fact for fact in facts_of(one, (EVERY_KIND,)) if fact[0] not in keys)


def text_method(name: str, receiver: Value, arguments: Arguments) -> _Truth | None:
    """Return what a test method of a text says of it."""
    if name in _TEXT_TESTS:
        return when_true(facts_of(receiver, (EVERY_KIND,)))
    if name == "startswith" and arguments.positional:
        return _starts(receiver, arguments.positional[0])
    return None


def _starts(receiver: Value, start: Value) -> _Truth | None:
    texts = start.items if start.items is not None else (start,)
    known = [t.const for t in texts if isinstance(t.const, str)]
    if known and len(known) == len(texts):
        if all(_WHOLE_HOST.match(t) for t in known):
            return when_true(facts_of(receiver, ("url", "redirect", "option")))
        if all(t and t[0] != "-" for t in known):
            return when_true(facts_of(receiver, ("option",)))
        if "-" in known:
            return when_false(facts_of(receiver, ("option",)))
    if len(texts) == 1 and texts[0].element is not None:
        return None
    ends = start.fields is not None and ".ends_with_separator" in start.fields
    return when_true(facts_of(receiver, ("path", "archive"), normalised=True)) if ends else None


def each_element(inside: Value | None, *, every: bool) -> _Truth | None:
    """Return what ``all`` or ``any`` over tests of a value's elements says of the value."""
    if inside is None or inside.truth is None:
        return None
    facts = inside.truth[0 if every else 1]
    whole = frozenset((key[:-1], kind) if key[-1] == "[]" else (key, kind) for key, kind in facts)
    return when_true(whole) if every else when_false(whole)


def instance_check(subject: Value, classes: Value) -> _Truth | None:
    """Return what ``isinstance`` says: a number is harmless."""
    every = classes.items if classes.items is not None else (classes,)
    if every and all(c.ref in _NUMBER_TYPES for c in every):
        return when_true(facts_of(subject, (EVERY_KIND,)))
    return None


def pattern_match(pattern: Value, subject: Value, *, whole: bool) -> _Truth | None:
    """Return what a match of a regular expression says: a narrow alphabet is harmless."""
    text = pattern.const
    if not isinstance(text, str) and pattern.fields is not None:
        text = pattern.fields.get(PATTERN, constant(None)).const
    if isinstance(text, str) and is_narrow(text, whole=whole):
        return when_true(facts_of(subject, (EVERY_KIND,)))
    return None


def is_narrow(pattern: str, *, whole: bool) -> bool:
    """Tell whether a full match leaves only letters, digits and the like."""
    text = pattern.removeprefix("^").removeprefix(r"\A")
    bare = text
    for end in ("$", r"\Z", r"\z"):
        bare = bare.removesuffix(end)
    if bare == text and not whole:
        return False
    position = 0
    while position < len(bare):
        match = _SAFE_CLASS.match(bare, position)
        if match is None:
            return False
        position = match.end()
    return bool(bare)


def row_truth(row: Guard, subject: Value) -> _Truth | None:
    """Return what a guard of the catalogue says of its subject."""
    facts = facts_of(subject, row.kinds, normalised=row.normalised)
    return when_false(facts) if row.safe == "false" else when_true(facts)


def conjunction(parts: list[_Truth | None]) -> _Truth | None:
    """Return what ``and`` over tests says."""
    known = [p if p is not None else (NO_FACTS, NO_FACTS) for p in parts]
    yes = frozenset().union(*(p[0] for p in known))
    no = known[0][1].intersection(*(p[1] for p in known[1:])) if known else NO_FACTS
    return (yes, no) if yes or no else None


def negation(truth: _Truth | None) -> _Truth | None:
    """Return what ``not`` of a test says."""
    return None if truth is None else (truth[1], truth[0])


def disjunction(parts: list[_Truth | None]) -> _Truth | None:
    """Return what ``or`` over tests says."""
    return negation(conjunction([negation(p) for p in parts]))


def of_value(value: Value) -> _Truth:
    """Return what a value being true or false says; an empty value is harmless."""
    yes, no = value.truth if value.truth is not None else (NO_FACTS, NO_FACTS)
    if value.taints and value.truth is None:
        no = no | facts_of(Value(value.taints), (EVERY_KIND,))
    return yes, no
