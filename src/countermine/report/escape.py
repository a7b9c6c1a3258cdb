"""Makes text of the target harmless to look at: nothing in it moves, hides or turns round."""

import unicodedata

_SHOWN = frozenset({"\t"})
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Control, format (bidi and zero-width among them), surrogate, private, line and paragraph."""
_NAMED = {"\n": "\\n", "\r": "\\r", "\x1b": "\\x1b", "\0": "\\0"}


def printable(text: str) -> str:
    """Return one line that shows every character of ``text``, the invisible ones as escapes.

    Source: Unicode Technical Report 36, and CVE-2021-42574 for the bidirectional ones.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def printable_lines(text: str) -> str:
    """Return ``text`` with its line breaks kept, and all else as in ``printable``."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(printable(line) for line in lines)


def _shown(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    if character in _SHOWN or unicodedata.category(character) not in _HIDDEN:
        return character
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004 - what two digits can say
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - end of the BMP
