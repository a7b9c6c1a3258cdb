"""Hides the values of secrets in whatever a report shows.

A secret keeps its length and its line breaks, so that places in the text stay what they are.
Known shapes only: a report must not hide the code that it is about.
"""

import re

_NAMES = r"(?:pass(?:wd|word|phrase)|secret|token|api_?key|access_?key|private_?key|credential)"
_LOUD_NAMES = r"(?:PASS(?:WD|WORD|PHRASE)|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|CREDENTIALS?)(?:_KEY)?"
_ENDINGS = r"(?:_(?:key|value|string|text|default)|s)?\d{0,3}"
_JOINTS = r"(?:={1,2}|:|:\s{0,4}(?:str|bytes)\s{0,4}=)"
_SHAPES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(shape)
    for shape in (
        # PEM, RFC 7468: the body, also where it stands in a string with escaped line breaks.
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?P<value>[^-]{1,20000})",
        # Vendors' own key formats, each with the prefix that its vendor documents.
        r"\b(?P<value>(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA)[0-9A-Z]{16})\b",
        r"\b(?P<value>gh[pousr]_[0-9A-Za-z]{20,255}|github_pat_\w{20,255})",
        r"\b(?P<value>glpat-[\w-]{20,64})",
        r"\b(?P<value>xox[abeprs]-[0-9A-Za-z-]{10,255})",
        r"\b(?P<value>[rs]k_(?:live|test)_[0-9A-Za-z]{16,255})",
        r"\b(?P<value>AIza[\w-]{35})",
        r"\b(?P<value>sk-[\w-]{20,255})",
        r"\b(?P<value>npm_[0-9A-Za-z]{36}|pypi-[\w-]{50,255})",
        r"\b(?P<value>SG\.[\w-]{16,32}\.[\w-]{16,64})",
        # JSON Web Token, RFC 7519: header and payload begin with an encoded brace.
        r"\b(?P<value>eyJ[\w-]{8,4096}\.eyJ[\w-]{8,4096}\.[\w-]{0,1024})",
        # The password of a URL, RFC 3986 userinfo.
        r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s/:@\"'{}]{0,128}:(?P<value>[^\s/@\"'{}]{1,256})@",
        (
            r"(?i:\bauthorization\b[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:basic|bearer)\s)"
            r"(?P<value>[\w.+/=~-]{8,4096})"
        ),
        # A name that says so, and a literal: assignment, keyword, item of a dictionary.
        (
            rf"(?i:\b\w{{0,40}}{_NAMES}{_ENDINGS}[\"']?\]?\s{{0,8}}{_JOINTS}\s{{0,8}}[rbu]{{0,2}})"
            rf"(?P<quote>[\"'])(?P<value>[^\"'\r\n]{{1,512}})(?P=quote)"
        ),
        # The same in a settings file or a list of environment variables, where nothing is quoted.
        (
            rf"(?m:^(?i:[\w.]{{0,40}}{_NAMES}{_ENDINGS})=|(?<![\w.])[A-Z0-9_]{{0,40}}{_LOUD_NAMES}=)"
            r"(?P<value>(?=\S{0,100}\d)[\w+/=~-]{6,512})"
        ),
    )
)
_KEPT = re.compile(r"[^\r\n]")
MASK = "*"


def redact(text: str) -> str:
    """Return ``text`` with every character of a secret's value as ``*``."""
    for shape in _SHAPES:
        text = shape.sub(_masked, text)
    return text


def redact_bytes(text: bytes) -> bytes:
    """Return ``text`` with every byte of a secret's value as ``*``: offsets stay."""
    # Latin-1 maps each byte to one character and back, whatever the text's encoding is.
    return redact(text.decode("latin-1")).encode("latin-1")


def _masked(found: re.Match[str]) -> str:
    start, end = (found.start("value") - found.start(), found.end("value") - found.start())
    whole = found[0]
    return whole[:start] + _KEPT.sub(MASK, whole[start:end]) + whole[end:]
