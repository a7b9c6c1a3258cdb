"""Places in a text where an escape does not hold: quotes around a quoted word, code in a page."""

import re
from collections.abc import Sequence

from countermine.flow.values import MISSING, NO_KINDS, UNSEEN, Taint, Value

QUOTED, ESCAPED, ESCAPED_TEXT = ":quoted", ":escaped", ":escaped-text"
"""Marks, beside kinds, on a text that was quoted for a shell, or escaped for a page, or for a page
without its quotes."""
DOUBLED = {"'": ":doubled", '"': ":doubled-name", "`": ":doubled-tick"}
"""Marks on a text in which every such quote was doubled."""
_QUOTES = {mark: quote for quote, mark in DOUBLED.items()}
_UNDONE = {
    QUOTED: "command",
    ESCAPED: "html",
    ESCAPED_TEXT: "html",
    **dict.fromkeys(_QUOTES, "sql"),
}
_TAG = re.compile(r"<[a-zA-Z][^<>]*\Z")
_SCRIPT = re.compile(r"<(script|style)\b(?:(?!</\1)[\s\S])*>(?:(?!</\1)[\s\S])*\Z", re.IGNORECASE)
_BARE_ATTRIBUTE = re.compile(r"[\w\-:]=\s*[^\s\"'<>=]*\Z")
_QUOTED_ATTRIBUTE = re.compile(r"[\w\-:]\s*=\s*(?:\"[^\"<>]*|'[^'<>]*)\Z")
_CODE_ATTRIBUTE = re.compile(
    r"\s(?:(?:on[a-z]+|srcdoc)\s*=\s*(?:\"[^\"]*|'[^']*)"
    r"|(?:href|xlink:href|src|action|formaction)\s*=\s*[\"'])\Z",
    re.IGNORECASE,
)
"""Attributes whose text a browser reads again once its escapes are undone: as code, as a page, or
as an address."""


def settled(taints: tuple[Taint, ...], parts: Sequence[Value], place: int) -> tuple[Taint, ...]:
    """Return the taints of a part of a text, without the escapes that do not hold in its place."""
    said = NO_KINDS.union(*(t.neutral for t in taints))
    marked = [] if said.isdisjoint(_UNDONE) else [mark for mark in _UNDONE if mark in said]
    if not marked:
        return taints
    before = "".join(UNSEEN if part.const is MISSING else str(part.const) for part in parts[:place])
    before += parts[place].prefix
    unsafe = [mark for mark in marked if _is_unsafe(mark, before)]
    lost = {_UNDONE[mark] for mark in unsafe}
    after = parts[place + 1].const if place + 1 < len(parts) else MISSING
    head = after[:1] if isinstance(after, str) else ""
    # What stands between its quotes is safe for good, wherever the whole is put.
    lost |= {mark for mark in marked if mark not in unsafe and _QUOTES.get(mark) == head}
    if not lost:
        return taints
    return tuple(
        t
        if t.neutral.isdisjoint(marked)
        else Taint(t.origin, t.step, t.neutral - lost, t.composed, t.sure)
        for t in taints
    )


def _is_unsafe(mark: str, before: str) -> bool:
    quote = _QUOTES.get(mark)
    return _UNSAFE[mark](before) if quote is None else before.count(quote) % 2 == 0


def _in_quotes(before: str) -> bool:
    """Tell whether a shell is inside quotes at the end of a text."""
    inside = ""
    escaped = False
    for char in before:
        if escaped:
            escaped = False
        elif char == "\\" and inside != "'":
            escaped = True
        elif inside:
            inside = "" if char == inside else inside
        elif char in "\"'":
            inside = char
    return bool(inside)


def _in_code(before: str) -> bool:
    """Tell whether a page is inside a script, or an attribute without quotes, at its end."""
    if _SCRIPT.search(before):
        return True
    tag = _TAG.search(before)
    if tag is None:
        return False
    return bool(_BARE_ATTRIBUTE.search(tag[0]) or _CODE_ATTRIBUTE.search(tag[0]))


def _in_attribute(before: str) -> bool:
    """Tell whether a page is inside the quotes of an attribute at the end of a text."""
    return _QUOTED_ATTRIBUTE.search(before) is not None


_UNSAFE = {QUOTED: _in_quotes, ESCAPED: _in_code, ESCAPED_TEXT: _in_attribute}
