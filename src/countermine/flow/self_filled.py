"""Collections that a function fills with the values that it looks for in them.

What a function has put there itself, such as the names that it has seen, says nothing of a value
that is found: whoever chose it once chose it then.
"""

import re

from countermine.flow import ir
from countermine.flow.frame import Frame

_MEMBERSHIP = frozenset({"in", "not in"})


def in_self_filled(frame: Frame, node: ir.Compare) -> bool:
    """Tell whether a value is looked for in a collection that this function puts it into."""
    if node.operator not in _MEMBERSHIP or not isinstance(node.right, (ir.Name, ir.Attr)):
        return False
    text = frame.module.text
    value, holder = (text[one.start : one.end] for one in (node.left, node.right))
    if not value or value not in text[node.left.end : frame.info.end]:
        return False
    given = re.escape(value) + rb"\s*"
    filled = re.compile(
        rb"(?<![\w.])" + re.escape(holder) + rb"\s*(?:"
        rb"\.(?:add|append|appendleft|setdefault)\(\s*" + given + rb"[,)]"
        rb"|\.insert\([^,()]*,\s*" + given + rb"[,)]"
        rb"|\.(?:update|extend)\(\s*[\[{(]\s*" + given + rb"[,:\])}]"
        rb"|\[\s*" + given + rb"\]\s*=(?!=))"
    )
    return filled.search(text, frame.info.start, frame.info.end) is not None
