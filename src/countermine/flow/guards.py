"""Tests that narrow: what a comparison or call being true or false says of taint."""

import re
from functools import reduce

from countermine.catalogue.schema import Guard
from countermine.core.entrypoints import Channel
from countermine.core.levels import SourceLevel
from countermine.flow import patterns
from countermine.flow.chosen_folders import held_to
from countermine.flow.derived import (
    COMPILED,
    EACH,
    ELEMENT,
    KNOWN,
    NAMES,
    PARENTS,
    PARTS,
    RELATIVE,
    SEGMENTS,
    host_of,
    spread,
    whole_of,
)
from countermine.flow.facts import common
from countermine.flow.frame import Arguments
from countermine.flow.marks import (
    ADDRESS_KINDS,
    FILE_KINDS,
    HOSTLESS,
    NO_HOST,
    NO_PARENTS,
    ROOTED,
    SLASHED,
    STRUCTURED,
    WITHIN,
)
from countermine.flow.origins import OriginKey
from countermine.flow.values import (
    EVERY_KIND,
    NO_FACTS,
    NO_KINDS,
    NORMAL,
    Facts,
    Taint,
    Value,
    all_taints,
    constant,
)

COMMON_PATH = "os.path.commonpath()"
CLASS_OF = "type()"
"""The class of what the value's receiver is."""
"""Class that the catalogue gives to the common part of paths."""
PATTERN = ".pattern"
"""Field that holds the text of a compiled regular expression."""
FLAGS = ".flags"
"""Field of a compiled expression."""
_Truth = tuple[Facts, Facts]
_EXACTLY = (EVERY_KIND, KNOWN)
_NUMBER_TYPES = frozenset({"int", "float", "bool", "complex", "decimal.Decimal", "uuid.UUID"})
_TEXT_TYPES = frozenset({"str", "bytes"})
_MAPPING_TYPES = frozenset(
    {"dict", "collections.abc.Mapping", "collections.abc.MutableMapping", "typing.Mapping"}
)
"""What an object of JSON, whose keys may be operators, is made into; and what covers it."""
_TEXT_TESTS = frozenset({"isdigit", "isalnum", "isalpha", "isidentifier", "isnumeric", "isdecimal"})
_ABSENT_TEXTS: dict[str, tuple[str, ...]] = {
    "..": (NO_PARENTS,),
    "../": (NO_PARENTS,),
    "/": ("path", "archive", "redirect", "url"),
    "<": ("html",),
    "\n": ("header",),
    "\r": ("header",),
    "\r\n": ("header",),
    ":": ("url",),
    "//": ("redirect",),
}
_SEGMENTS = (("..", NO_PARENTS), ("", ROOTED))
"""Segments without which a path does not lead out, or does not begin at the root."""
_OWN_ADDRESSES = frozenset({"host_url", "url_root"})
"""Attributes of a request: the address of this site, with a slash at its end."""
_COPYING = frozenset({"~[]", "[]", "~join", "~replace"})
_WHOLE_HOST = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*://[^/]+/|/[^/\\]")


def facts_of(
    value: Value, kinds: tuple[str, ...], *, normalised: bool = False, empty: bool = False
) -> Facts:
    """Return the facts that every taint of a value is harmless for these kinds.

    Whether a parameter is ``normalised`` is for the caller to say; ``empty`` if that is what makes
    it harmless.
    """
    return frozenset(
        fact
        for taint in all_taints(value)
        for kind in (kinds if not normalised else _if_normal(taint, kinds))
        for fact in spread(taint.origin.key, kind, empty=empty)
    )


def _if_normal(taint: Taint, kinds: tuple[str, ...]) -> tuple[str, ...]:
    if NORMAL in taint.neutral:
        return kinds
    return () if taint.origin.owner is None else (WITHIN,)


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
        truth = _equal(left, right)
        return negation(truth) if negative else truth
    if operator in ("in", "not in"):
        yes, no = _contained(left, right)
        found = (no, yes) if negative else (yes, no)
        return found if yes or no else None
    return None


def _equal(left: Value, right: Value) -> _Truth | None:
    for one, other in ((left, right), (right, left)):
        if one.type == CLASS_OF and one.receiver is not None:
            return instance_check(one.receiver, other)
    common_paths = [one for one in (left, right) if one.type == COMMON_PATH]
    if common_paths:
        folders = [one for one in (left, right) if one not in common_paths]
        facts = (facts_of(one, FILE_KINDS, normalised=True) for one in common_paths)
        return when_true(held_to(folders, NO_FACTS.union(*facts)))
    for one, other in ((left, right), (right, left)):
        if one.truth is not None and (other.const is None or isinstance(other.const, bool)):
            return one.truth if other.const else negation(one.truth)
    for one, other in ((left, right), (right, left)):
        if one.taints and (not all_taints(other) or _is_own_host(one, other)):
            return facts_of(one, _EXACTLY, empty=_is_empty(other)), _no_parent(one, other)
    return when_true(_as_escaped(left, right) | _as_escaped(right, left))


def _is_empty(*values: Value) -> bool:
    """Tell whether one of these is nothing: an empty text, or None."""
    return any(value.const in ("", b"", None) for value in values)


def _is_own_host(address: Value, host: Value) -> bool:
    """Tell whether a host is compared with the one that the request names as this one."""
    return all(host_of(t.origin.key) is not None for t in address.taints) and all(
        t.origin.channel is Channel.HEADER and t.origin.name is None for t in all_taints(host)
    )


def _as_escaped(plain: Value, escaped: Value) -> Facts:
    """Return what holds where a value is as it is once it was made harmless: it needed nothing."""
    return frozenset(
        (taint.origin.key, kind)
        for taint in plain.taints
        for other in escaped.taints
        if other.origin.key[: len(taint.origin.key)] == taint.origin.key
        for kind in other.neutral - taint.neutral
        if kind[0] != ":"
    )


def _contained(left: Value, right: Value) -> _Truth:
    if left.type == CLASS_OF and left.receiver is not None:
        known = right.items is not None and right.element is None
        return (instance_check(left.receiver, right) if known else None) or (NO_FACTS, NO_FACTS)
    if isinstance(left.const, str) and all_taints(right):
        kinds = _ABSENT_TEXTS.get(left.const)
        return NO_FACTS, _absent(right, kinds) if kinds else NO_FACTS
    if not all_taints(left):
        return _of_whole(right, PARENTS, FILE_KINDS, normalised=True), NO_FACTS
    return among(left, right), _no_parent(left, *(right.items or ()))


def _no_parent(segment: Value, *others: Value) -> Facts:
    """Return what holds of one segment of a path that is none of some texts."""
    kinds = [kind for text, kind in _SEGMENTS if any(one.const == text for one in others)]
    return frozenset(
        (taint.origin.key, kind)
        for taint in segment.taints
        if _path_of(taint.origin.key) is not None
        for kind in kinds
    )


def _path_of(segment: OriginKey) -> OriginKey | None:
    """Return the key of the path that any segment was taken from."""
    return whole_of(segment, SEGMENTS) or (
        whole_of(segment[:-1], PARTS) if segment[-1] == ELEMENT else None
    )


def of_each(held: Facts) -> Facts:
    """Return what holds of wholes where this holds of each of their elements."""
    found: set[tuple[OriginKey, str]] = set()
    for key, kind in held:
        path = _path_of(key)
        code = whole_of(key[:-1], NAMES) if key[-1] == ELEMENT else None
        if path is not None and kind in (EVERY_KIND, NO_PARENTS, ROOTED):
            found.add((path, NO_PARENTS if kind == EVERY_KIND else kind))
        if code is not None and kind in (EVERY_KIND, "code"):
            found |= {(code, "code"), (whole_of(code, COMPILED) or code, "code")}
    return frozenset(found)


def among(one: Value, collection: Value) -> Facts:
    """Return what holds of a value that is found in a collection: it is one of its elements.

    Only what those are made of remains. What is sent with the request can hold anything.
    """
    others = all_taints(collection)
    if any(t.origin.level is SourceLevel.REMOTE for t in others):
        return NO_FACTS
    keys = {t.origin.key for t in others}
    facts = facts_of(one, _EXACTLY, empty=_is_empty(*(collection.items or ())))
    return frozenset(fact for fact in facts if fact[0] not in keys)


def _absent(value: Value, kinds: tuple[str, ...]) -> Facts:
    """Return what holds of a text, or of one taken apart, in which a part is missing."""
    found = facts_of(value, kinds)
    return found | frozenset(
        (whole, kind)
        for kind in kinds
        for taint in all_taints(value)
        if (whole := whole_of(taint.origin.key, PARTS, SEGMENTS)) is not None
    )


def _of_whole(value: Value, mark: str, kinds: tuple[str, ...], *, normalised: bool) -> Facts:
    return frozenset(
        (whole, kind)
        for kind in kinds
        for taint in value.taints
        if (not normalised or NORMAL in taint.neutral)
        and (whole := whole_of(taint.origin.key, mark)) is not None
    )


def text_method(name: str, receiver: Value, arguments: Arguments) -> _Truth | None:
    """Return what a test method of a text says of it."""
    if name in _TEXT_TESTS:
        return when_true(facts_of(receiver, (EVERY_KIND,)))
    if name == "startswith" and arguments.positional:
        return _starts(receiver, arguments.positional[0])
    if name == "endswith" and arguments.positional:
        return _ends(receiver, arguments.positional[0])
    return None


def _known_texts(value: Value) -> list[str]:
    """Return the texts that a value may be; none if they are not all known."""
    texts = value.items if value.items is not None else (value,)
    known = [t.const for t in texts if isinstance(t.const, str)]
    return known if len(known) == len(texts) and value.element is None else []


def _ends(receiver: Value, end: Value) -> _Truth | None:
    """Return what the end of a text says: that of a host names those who own it."""
    known = _known_texts(end)
    if not known or not all(text[:1] == "." for text in known):
        return None
    return when_true(
        frozenset(
            (whole, kind)
            for taint in receiver.taints
            if (whole := host_of(taint.origin.key)) is not None
            for kind in ADDRESS_KINDS
        )
    )


def _starts(receiver: Value, start: Value) -> _Truth | None:
    known = _known_texts(start)
    if known:
        return _starts_known(receiver, known)
    if (start.ref or "").rpartition(".")[2] in _OWN_ADDRESSES:
        return when_true(facts_of(receiver, ADDRESS_KINDS))
    texts = start.items if start.items is not None else (start,)
    if len(texts) == 1 and texts[0].element is not None:
        return None
    ends = all(
        (isinstance(t.const, str) and t.const[-1:] == "/" and len(t.const) > 1)
        or (t.fields is not None and ".ends_with_separator" in t.fields)
        for t in texts
    )
    return when_true(facts_of(receiver, FILE_KINDS, normalised=True)) if ends else None


def _starts_known(receiver: Value, known: list[str]) -> _Truth | None:
    yes: set[str] = set()
    no: set[str] = set()
    if all(_WHOLE_HOST.match(t) for t in known):
        yes |= {"url", "redirect", "option"}
    if all(t and t[0] != "-" for t in known):
        yes.add("option")
    if all(t[:1] == "/" and t[-1:] == "/" and len(t) > 1 for t in known):
        yes |= set(FILE_KINDS)
    if "-" in known:
        no.add("option")
    if "/" in known:
        yes.add(SLASHED)
        no.add(ROOTED)
    if "//" in known:
        no.add(NO_HOST)
    within = yes & set(FILE_KINDS)
    held = facts_of(receiver, tuple(sorted(yes - within)))
    held |= facts_of(receiver, tuple(sorted(within)), normalised=True)
    missed = facts_of(receiver, tuple(sorted(no)))
    if ".." in known:
        missed |= _of_whole(receiver, RELATIVE, FILE_KINDS, normalised=False)
    return (held, missed) if held or missed else None


def each_element(tests: Value, *, every: bool) -> _Truth | None:
    """Return what ``all`` or ``any`` over tests says: of one value, or of each of its elements."""
    parts = [test.truth for test in tests.items or ()]
    if parts and tests.element is None:
        return conjunction(parts) if every else disjunction(parts)
    inside = tests.element
    if inside is None or inside.truth is None:
        return None
    facts = inside.truth[0 if every else 1]
    whole = frozenset((key[:-1], kind) if key[-1] in EACH else (key, kind) for key, kind in facts)
    return when_true(whole) if every else when_false(whole)


def instance_check(subject: Value, classes: Value) -> _Truth | None:
    """Return what ``isinstance`` says: a number is harmless, and a text has no structure.

    Nor has what is no mapping: in a list of a document mappings are compared as they stand.
    """
    every = classes.items if classes.items is not None else (classes,)
    if every and all(c.ref in _NUMBER_TYPES for c in every):
        return when_true(facts_of(subject, (EVERY_KIND,)))
    if every and all(c.ref in _NUMBER_TYPES | _TEXT_TYPES for c in every):
        return when_true(facts_of(subject, (STRUCTURED,)))
    if any(c.ref in _MAPPING_TYPES for c in every):
        return when_false(facts_of(subject, (STRUCTURED,)))
    return None


def pattern_match(pattern: Value, flags: Value | None, subject: Value, use: str) -> _Truth | None:
    """Return what a match of a regular expression says: a narrow alphabet is harmless.

    Args:
        pattern: The expression, as a text or compiled.
        flags: What it is used with; those it was compiled with count as well.
        subject: The text.
        use: Where a match may begin and end, as in ``patterns``.
    """
    known = pattern_text(pattern, flags)
    if known is None:
        return None
    kinds = patterns.kinds_when_matched(*known, use)
    starts = patterns.beginnings(*known, use)
    if starts and all(_WHOLE_HOST.match(start) for start in starts):
        kinds |= {"url", "redirect", "option"}
    yes = facts_of(subject, tuple(sorted(kinds)))
    missed = patterns.kinds_when_missed(*known) if use == patterns.SEARCH else NO_KINDS
    no = facts_of(subject, tuple(sorted(missed)))
    return (yes, no) if yes or no else None


def pattern_text(pattern: Value, flags: Value | None) -> tuple[str, int] | None:
    """Return an expression and its flags as a number, if both are known."""
    text = pattern.const
    fields = pattern.fields
    if not isinstance(text, str) and fields is not None:
        text = fields.get(PATTERN, constant(None)).const
        flags = fields.get(FLAGS, flags)
    if not isinstance(text, str):
        return None
    number = 0 if flags is None else flags.const
    return (text, int(number)) if isinstance(number, int) else None


def row_truth(row: Guard, subject: Value, folders: list[Value]) -> _Truth | None:
    """Return what a guard of the catalogue says of its subject, held to folders if it is a path."""
    facts = facts_of(subject, row.kinds, normalised=row.normalised)
    if row.normalised:
        facts = held_to(folders, facts)
    return when_false(facts) if row.safe == "false" else when_true(facts)


def conjunction(parts: list[_Truth | None]) -> _Truth | None:
    """Return what ``and`` over tests says."""
    known = [p if p is not None else (NO_FACTS, NO_FACTS) for p in parts]
    yes = frozenset().union(*(p[0] for p in known))
    yes |= _no_other_host(yes)
    no = reduce(common, (p[1] for p in known)) if known else NO_FACTS
    return (yes, no) if yes or no else None


def _no_other_host(facts: Facts) -> Facts:
    """Return that an address leads nowhere else: it has no host, and does not begin as one has.

    For one in which no host is found a copy may be looked at, out of which browsers' blanks are.
    """
    looked_at = {key for key, mark in facts if mark == NO_HOST}
    return frozenset(
        (key, kind)
        for key, mark in facts
        if (mark == SLASHED and key in looked_at)
        or (mark == HOSTLESS and any(_is_copy(one, key) for one in looked_at))
        for kind in ADDRESS_KINDS
    )


def _is_copy(one: OriginKey, key: OriginKey) -> bool:
    """Tell whether one is the other, but for signs that were left out or replaced."""
    return one[: len(key)] == key and all(mark in _COPYING for mark in one[len(key) :])


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
        no = no | facts_of(Value(value.taints), _EXACTLY, empty=True)
    return yes, no
