"""Texts put together: concatenation, formatting, joining, with what is known of the result."""

import re
from collections.abc import Sequence

from countermine.flow.contexts import settled
from countermine.flow.doubt import BASED
from countermine.flow.joining import join
from countermine.flow.marks import CLEAN, FILE_KINDS, ROOTED
from countermine.flow.values import (
    BEHIND,
    FRONT,
    MISSING,
    NO_KINDS,
    UNKNOWN,
    UNSEEN,
    Taint,
    Value,
    all_taints,
    constant,
    harmless,
    merge_taints,
    tainted,
)

TEXT_KEPT = 4000
"""Characters of a known text that are kept; longer ones are documents."""
_PLACEHOLDER = re.compile(
    r"%(?:\((?P<name>[^)]*)\))?[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?"
    r"(?P<kind>[diouxXeEfFgGcrsa%])"
)
_FIELD = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}!:]*)(?:!(?P<conversion>[rsa]))?(?::[^{}]*)?\}")
_BEHIND_QUERY = frozenset({"redirect", "url"})
"""Kinds for which it does no harm in an address what stands behind a question mark."""
_NUMBERS = frozenset("diouxXeEfFgG")
_ROOTED = frozenset({ROOTED})
_BASED = frozenset({BASED})
_FILES = frozenset(FILE_KINDS)
_SHOWN = ("r", "a")
_ONE_LINE = frozenset({"log", "header"})


def composed(
    taints: tuple[Taint, ...], place: int = BEHIND, marks: frozenset[str] = NO_KINDS
) -> tuple[Taint, ...]:
    """Return the taints of a part of a larger text, at its front or behind something."""
    if all(t.composed >= place and marks <= t.neutral and CLEAN not in t.neutral for t in taints):
        return taints
    return tuple(
        Taint(
            t.origin,
            t.step,
            t.neutral | (marks | _FILES if marks and CLEAN in t.neutral else marks),
            max(t.composed, place),
            t.sure,
        )
        for t in taints
    )


def concatenate(parts: Sequence[Value], behind: frozenset[str] = _ROOTED) -> Value:
    """Return the text made of these parts one after the other.

    ``behind`` are the marks on what stands behind another part.
    """
    known = [p for p in parts if p.const != "" or not isinstance(p.const, str)]
    if len(known) == 1:
        only = known[0]
        return only if only.text else Value(all_taints(only), prefix=only.prefix, text=True)
    texts = [p.const for p in known if p.const is not MISSING]
    if len(texts) == len(known):
        whole = "".join(str(t) for t in texts)
        if len(whole) <= TEXT_KEPT:
            return constant(whole)
    prefix: list[str] = []
    for part in known:
        if part.const is not MISSING:
            prefix.append(str(part.const))
            continue
        prefix.append(part.prefix)
        if all_taints(part):
            break
        prefix.append(UNSEEN)
    based = _named_before(known)
    query = next((place for place, p in enumerate(known) if _begins_query(p)), len(known))
    taints = merge_taints(
        [
            composed(
                settled(all_taints(p), known, place),
                BEHIND,
                (behind if place <= query else behind | _BEHIND_QUERY)
                | (_BASED if place >= based else NO_KINDS),
            )
            if place
            else composed(settled(all_taints(p), known, place), FRONT)
            for place, p in enumerate(known)
            if p.taints or p.height
        ]
    )
    return Value(taints, prefix="".join(prefix)[:TEXT_KEPT], text=True)


def _named_before(parts: Sequence[Value]) -> int:
    """Return from where on the parts of an address like ``/a/b`` cannot name a host.

    With two slashes an address begins with a host; what stands behind ``/a/`` does not, unless
    ``a`` is empty.
    """
    first = [part.const for part in parts[:3]]
    whole = len(first) == 3 and first[0] == "/" and first[1] is MISSING  # noqa: PLR2004
    return 3 if whole and isinstance(first[2], str) and first[2][:1] == "/" else len(parts)


def _begins_query(part: Value) -> bool:
    return isinstance(part.const, str) and ("?" in part.const or "#" in part.const)


def add(left: Value, right: Value) -> Value:
    """Return ``left + right``: texts, sequences, or numbers."""
    if left.items is not None or right.items is not None or left.element or right.element:
        return _add_sequences(left, right)
    if (
        isinstance(left.const, (int, float))
        and isinstance(right.const, (int, float))
        and not left.text
    ):
        return constant(left.const + right.const)
    return concatenate([left, right])


def _add_sequences(left: Value, right: Value) -> Value:
    taints = merge_taints([left.taints, right.taints])
    if left.items is not None and left.element is None and right.items is not None:
        return Value(taints, items=(*left.items, *right.items), element=right.element)
    spread = spread_elements(right)
    if left.items is not None and left.element is None:
        return Value(left.taints, items=left.items, element=spread)
    inner = left.element
    if inner is None:
        inner = Value(left.taints) if left.taints else UNKNOWN
    if spread is not None and inner.items is not None and spread.items is not None:
        return Value(taints, items=left.items, element=join(inner, spread))
    both = tainted(inner, spread or UNKNOWN)
    return Value(taints, items=left.items, element=both)


def spread_elements(value: Value) -> Value | None:
    """Return any element of a sequence, its own taint included; ``None`` for none."""
    parts = [*(value.items or ())]
    if value.element is not None:
        parts.append(value.element)
    if value.taints:
        parts.append(Value(value.taints))
    if not parts:
        return None if value.items is not None else UNKNOWN
    if len(parts) == 1:
        return parts[0]
    return Value(merge_taints([all_taints(p) for p in parts]), prefix="")


def percent(template: Value, values: Value) -> Value:
    """Return ``template % values``."""
    if not isinstance(template.const, str):
        return _mixed([template, values])
    items = values.items
    parts: list[Value] = []
    position, place = 0, 0
    text = template.const
    for match in _PLACEHOLDER.finditer(text):
        parts.append(constant(text[position : match.start()]))
        position = match.end()
        kind, name = match["kind"], match["name"]
        if kind == "%":
            parts.append(constant("%"))
            continue
        if name is not None:
            part = (values.fields or {}).get(f"[{name}]") or tainted(values)
        elif items is not None:
            part = items[place] if place < len(items) else UNKNOWN
            place += 1
        else:
            part = values
        number = kind in _NUMBERS and part.const is MISSING
        parts.append(UNKNOWN if number else shown(part) if kind in _SHOWN else part)
    parts.append(constant(text[position:]))
    return concatenate(parts)


def is_written(template: str, place: int) -> bool:
    """Tell whether ``template % values`` writes the value at a place as the text that it is."""
    kinds = [m["kind"] for m in _PLACEHOLDER.finditer(template) if m["kind"] != "%"]
    return place >= len(kinds) or kinds[place] not in _NUMBERS | set(_SHOWN)


def format_method(template: Value, positional: list[Value], keywords: dict[str, Value]) -> Value:
    """Return ``template.format(...)``."""
    if not isinstance(template.const, str):
        return _mixed([template, *positional, *keywords.values()])
    parts: list[Value] = []
    position, place = 0, 0
    text = template.const
    for match in _FIELD.finditer(text):
        parts.append(constant(text[position : match.start()]))
        position = match.end()
        name = match["name"]
        if name is None:
            parts.append(constant(match[0][0]))
            continue
        name = re.split(r"[.\[]", name, maxsplit=1)[0]
        if not name:
            part = positional[place] if place < len(positional) else UNKNOWN
            place += 1
        elif name.isdigit():
            part = positional[int(name)] if int(name) < len(positional) else UNKNOWN
        else:
            part = keywords.get(name, UNKNOWN)
        parts.append(shown(part) if match["conversion"] in _SHOWN else part)
    parts.append(constant(text[position:]))
    return concatenate(parts)


def shown(value: Value) -> Value:
    """Return what ``repr`` gives: one line."""
    taints = all_taints(value)
    if not taints:
        return value
    return Value(harmless(taints, _ONE_LINE), text=True)


def as_text(value: Value) -> Value:
    """Return what ``str`` gives: a collection shows its elements as ``repr`` does."""
    inside = [v for k, v in (value.fields or {}).items() if k[0] == "["]
    parts = [*(value.items or ()), *([] if value.element is None else [value.element]), *inside]
    if not parts or value.type is not None:
        return Value(all_taints(value), prefix=value.prefix, text=True)
    own = merge_taints([value.taints, *(shown(part).taints for part in parts)])
    return Value(own, text=True)


def _mixed(values: Sequence[Value]) -> Value:
    taints = composed(merge_taints([all_taints(v) for v in values]))
    return Value(taints, prefix=values[0].prefix, text=True)


def joined(separator: Value, parts: Value) -> Value:
    """Return ``separator.join(parts)``."""
    if parts.items is not None and parts.element is None and not parts.taints:
        pieces: list[Value] = []
        for item in parts.items:
            if pieces:
                pieces.append(separator)
            pieces.append(item)
        return concatenate(pieces) if pieces else constant("")
    if not parts.items:
        return Value(composed(all_taints(parts)), text=True)
    first = parts.items[0]
    rest = Value(parts.taints, items=parts.items[1:], element=parts.element)
    taints = merge_taints([composed(all_taints(first), FRONT), composed(all_taints(rest))])
    return Value(taints, prefix=first.prefix, text=True)


def join_path(parts: list[Value]) -> Value:
    """Return parts of a path joined; an absolute later part replaces what stands before it."""
    known: list[Value] = []
    for part in parts:
        if known and not (isinstance(known[-1].const, str) and known[-1].const.endswith("/")):
            known.append(constant("/"))
        known.append(part)
    return concatenate(known, NO_KINDS)
