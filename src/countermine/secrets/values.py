"""Where values of secrets stand in text of any kind, told by shape or by the name before them.

Regular expressions alone, so that it can be asked of everything that is shown or sent.
"""

import re
from collections.abc import Iterator

SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (literal, re.compile(re.escape(literal) + rest))
    for literal, rest in (
        # PEM, RFC 7468: the body, also where it stands in a string with escaped line breaks. An
        # encrypted key has headers with hyphens before its body (RFC 1421).
        (
            "-----BEGIN ",
            r"[A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?P<value>(?:(?!-----)[\s\S]){1,20000})",
        ),
        # Vendors' own key formats, each with the prefix that its vendor documents.
        ("AKIA", r"(?P<value>[0-9A-Z]{16})(?![0-9A-Za-z])"),
        ("ASIA", r"(?P<value>[0-9A-Z]{16})(?![0-9A-Za-z])"),
        ("ghp_", r"(?P<value>[0-9A-Za-z]{20,255})"),
        ("gho_", r"(?P<value>[0-9A-Za-z]{20,255})"),
        ("ghu_", r"(?P<value>[0-9A-Za-z]{20,255})"),
        ("ghs_", r"(?P<value>[0-9A-Za-z]{20,255})"),
        ("ghr_", r"(?P<value>[0-9A-Za-z]{20,255})"),
        ("github_pat_", r"(?P<value>\w{20,255})"),
        ("glpat-", r"(?P<value>[\w-]{20,64})"),
        ("xox", r"[abeprs]-(?P<value>[0-9A-Za-z-]{10,255})"),
        ("k_live_", r"(?P<value>[0-9A-Za-z]{16,255})"),
        ("k_test_", r"(?P<value>[0-9A-Za-z]{16,255})"),
        ("AIza", r"(?P<value>[\w-]{35})"),
        ("sk-", r"(?<!\wsk-)(?P<value>[\w-]{20,255})"),
        ("npm_", r"(?P<value>[0-9A-Za-z]{36})"),
        ("pypi-", r"(?P<value>[\w-]{50,255})"),
        ("SG.", r"(?P<value>[\w-]{16,32}\.[\w-]{16,64})"),
        # JSON Web Token, RFC 7519: header and payload begin with an encoded brace.
        ("eyJ", r"(?P<value>[\w-]{8,512}\.eyJ[\w-]{8,2048}\.[\w-]{0,1024})"),
        # The password of a URL, RFC 3986 userinfo.
        ("://", r"[^\s/:@\"'{}]{0,128}:(?P<value>[^\s/@\"'{}]{1,256})@"),
        (
            "uthorization",
            r"[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?i:basic|bearer)\s(?P<value>[\w.+/=~-]{8,4096})",
        ),
    )
)
"""A literal that a secret has in or before it, and all of the shape.

The literal comes first so that text without it costs next to nothing.
"""
_NAMES = re.compile(
    r"password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|credential"
)
"""Names that say so; looked for in text of lower-case letters."""
_QUOTED = re.compile(
    r"(?i:(?:_(?:key|value|string|text|default)|s)?\d{0,3})[\"']?\]?\s{0,8}"
    r"(?:={1,2}|:|:\s{0,4}(?:str|bytes)\s{0,4}=)\s{0,8}(?i:[rbu]{0,2})"
    r"(?P<quote>[\"'])(?P<value>[^\"'\r\n]{1,512})(?P=quote)"
)
"""What follows the name where a literal does: assignment, keyword, item of a dictionary."""
_UNQUOTED = re.compile(
    r"(?i:(?:_(?:key|value))?s?\d{0,3})=(?P<value>(?=\S{0,100}\d)[\w+/=~-]{6,512})"
)
"""The same in a settings file or a list of environment variables."""
_BEFORE = re.compile(r"[\w.]{0,40}\Z")
_LOUD = re.compile(r"[A-Z0-9_]*")


def named_values(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the values of names stand that say what they are, in order."""
    at = 0
    for name in _NAMES.finditer(_lowered(text)):
        if name.start() < at:
            continue
        found = _QUOTED.match(text, name.end())
        if found is None and _is_setting(text, name.start(), name.end()):
            found = _UNQUOTED.match(text, name.end())
        if found is not None:
            yield found.span("value")
            at = found.end()


def _lowered(text: str) -> str:
    """Return lower-case text of the same length, which ``lower`` does not promise."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


def _is_setting(text: str, start: int, end: int) -> bool:
    """Tell whether a name begins a line, or is all capitals, as settings are."""
    before = _BEFORE.search(text, max(0, start - 40), start)
    first = start if before is None else before.start()
    if first == 0 or text[first - 1] in "\r\n":
        return True
    return _LOUD.fullmatch(text, first, end) is not None
