"""Pages as a browser reads them: what of the canary became markup or script."""

import re

from selectolax.lexbor import LexborHTMLParser

from countermine.core.witnesses import CANARY

_URLS = ("href", "src", "action", "formaction", "data", "xlink:href")
_STRINGS = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|//[^\n]*|/\*.*?\*/", re.DOTALL
)


def markup(page: str) -> str | None:
    """Return what the canary is in a page besides text, ``None`` when it is text alone."""
    for node in LexborHTMLParser(page).css("*"):
        tag = node.tag or ""
        if tag == CANARY:
            return f"an element <{tag}>"
        for name, value in node.attributes.items():
            if name == CANARY:
                return f"an attribute of <{tag}>"
            text = (value or "").strip().lower()
            if name in _URLS and text.startswith("javascript:") and CANARY in text:
                return f"a script in {name} of <{tag}>"
            if name.startswith("on") and CANARY in _STRINGS.sub("", value or ""):
                return f"a script in {name} of <{tag}>"
        if tag == "script" and CANARY in _STRINGS.sub("", node.text() or ""):
            return "code of a <script>"
    return None
