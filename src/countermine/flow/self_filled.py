"""Collections that a function fills with the values that it looks for in them.

What a function has put there itself, such as the names that it has seen, says nothing of a value
that is found: whoever chose it once chose it then.
"""

import re

from countermine.flow import ir
from countermine.flow.frame import Frame

_MEMBERSHIP = frozenset({"in", "not in"})
_IN_A_NAME = re.compile(rb"[\w.]")
_FILLING = re.compile(
    rb"\s*(?:(?P<one>\.(?:(?:add|append|appendleft|setdefault)\(|insert\([^,()]*,))"
    rb"|(?P<several>\.(?:update|extend)\(\s*[\[{(])"
    rb"|(?P<item>\[))\s*"
)
"""What stands between a collection and the value that is put into it."""
_BEHIND: dict[str | None, re.Pattern[bytes]] = {
    "one": re.compile(rb"\s*[,)]"),
    "several": re.compile(rb"\s*[,:\])}]"),
    "item": re.compile(rb"\s*\]\s*=(?!=)"),
}


def in_self_filled(frame: Frame, node: ir.Compare) -> bool:
    """Tell whether a value is looked for in a collection that this function puts it into."""
    if node.operator not in _MEMBERSHIP or not isinstance(node.right, (ir.Name, ir.Attr)):
        return False
    text = frame.module.text
    value, holder = (text[one.start : one.end] for one in (node.left, node.right))
    if not value or value not in text[node.left.end : frame.info.end]:
        return False
    end = frame.info.end
    place = text.find(holder, frame.info.start, end)
    while place >= 0:
        alone = not _IN_A_NAME.match(text[place - 1 : place])
        if alone and _is_put_in(text, place + len(holder), end, value):
            return True
        place = text.find(holder, place + 1, end)
    return False


def _is_put_in(text: bytes, place: int, end: int, value: bytes) -> bool:
    """Tell whether a value is put into the collection whose name ends at a place."""
    filling = _FILLING.match(text, place, end)
    if filling is None or not text.startswith(value, filling.end(), end):
        return False
    return _BEHIND[filling.lastgroup].match(text, filling.end() + len(value), end) is not None
