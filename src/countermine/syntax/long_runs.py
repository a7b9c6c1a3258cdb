"""Long runs of lines that say nothing: the parser reads such a run once for each of its lines."""

import re

_FEWEST = 32
"""Lines of a run; shorter ones cost little."""
_RUN = re.compile(
    rb"^(?:(?:[ \t\f]*(?:#[^\n]*)?\n){%d,}+|(?:[ \t\f]*\\\r?\n){%d,}+)" % (_FEWEST, _FEWEST),
    re.MULTILINE,
)
_TOKEN = re.compile(
    rb"\"{3}(?:[^\"\\]++|\\.|\"(?!\"\"))*+(?:\"{3})?+|'{3}(?:[^'\\]++|\\.|'(?!''))*+(?:'{3})?+"
    rb"|\"(?:[^\"\\\n]++|\\.)*+\"?|'(?:[^'\\\n]++|\\.)*+'?|(?P<empty>#[^\n]*|\\\r?(?=\n))",
    re.DOTALL,
)


def without_long_runs(text: bytes) -> bytes:
    """Return a text of the same length in which the comments of long runs are blank.

    A chain of line continuations with nothing between them, which nobody writes, is broken.
    """
    if text.count(b"#") < _FEWEST and text.count(b"\\") < _FEWEST:
        return text
    runs = [match.span() for match in _RUN.finditer(text)]
    if not runs:
        return text
    blank = bytearray(text)
    # What looks like a comment may stand in a text of several lines.
    place = 0
    for token in _TOKEN.finditer(text):
        if token["empty"] is None:
            continue
        start, end = token.span()
        while place < len(runs) and runs[place][1] <= start:
            place += 1
        if place < len(runs) and runs[place][0] <= start:
            blank[start:end] = b" " * (end - start)
    return bytes(blank)
