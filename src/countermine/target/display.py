"""Text from outside made fit for one line of a message: nothing in it can steer a terminal."""

import unicodedata

_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control, invisible format (bidirectional overrides among them), surrogate, line separators."""

MAX_SHOWN_CHARS = 300
"""Longer text is cut in messages: a line of an error stays a line."""


def showable(text: str) -> bool:
    """Tell whether ``text`` holds nothing but what a terminal shows as it stands."""
    if text.isascii():
        return text.isprintable()
    return not any(unicodedata.category(char) in _UNSHOWABLE for char in text)


def escaped(text: str) -> str:
    r"""Return ``text`` with what is not showable as ``\n``, ``\x1b`` or ``\udc80``.

    Text that is showable comes back as it is; in other text backslashes are doubled, so that two
    names never become one.
    """
    if showable(text):
        return text
    return "".join(_escaped_char(char) for char in text)


def one_line(text: str) -> str:
    """Return ``text`` escaped, and cut when it is long."""
    shown = escaped(" ".join(text.split("\n")).strip())
    return shown if len(shown) <= MAX_SHOWN_CHARS else shown[: MAX_SHOWN_CHARS - 3] + "..."


def _escaped_char(char: str) -> str:
    if char == "\\":
        return "\\\\"
    if unicodedata.category(char) not in _UNSHOWABLE:
        return char
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
