"""Where secrets stand in what is to be sent to a model.

More is taken for a secret here than a search reports: a value that is hidden in vain is put back
into the answer, a value that is shown cannot be taken back.
"""

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from countermine.models.randomness import random_values
from countermine.secrets.shapes import BEGINNINGS, every
from countermine.secrets.values import SHAPES, named_values
from countermine.secrets.words import is_placeholder
from countermine.syntax.python import parse

_OWN: tuple[tuple[str, re.Pattern[str]], ...] = (
    # Formats from their vendors' documentation, which the shared tables do not have.
    ("-us", re.compile(r"(?<!\w)[0-9a-f]{32}-us\d{1,2}(?!\w)")),  # Mailchimp
    ("ya29.", re.compile(r"ya29\.[\w-]{20,}")),  # Google OAuth
    ("whsec_", re.compile(r"whsec_[A-Za-z0-9+/=]{16,}")),  # Stripe webhooks
    ("dop_v1_", re.compile(r"dop_v1_[0-9a-f]{64}")),  # DigitalOcean
    ("hvs.", re.compile(r"hvs\.[\w-]{20,}")),  # Vault
    ("age-secret-key-1", re.compile(r"(?i)age-secret-key-1[a-z0-9]{20,}")),
    ("aqodyxdz", re.compile(r"AQoDYXdz[\w/+=]{20,}")),  # AWS session tokens
    ("fwogzxivyxdz", re.compile(r"FwoGZXIvYXdz[\w/+=]{20,}")),
    ("aws", re.compile(r"(?i)aws.{0,30}?[\"'=:\s](?P<value>[A-Za-z0-9/+]{40})(?![\w/+])")),
    ("access", re.compile(r"(?i)access(?:key|signature)=(?P<value>[^\s;\"'&]{8,})")),
    ("sig", re.compile(r"(?i)[?&;-](?:sig|signature)=(?P<value>[\w%+/=-]{16,})")),
    # RFC 3986 userinfo, also where the password has a slash that nobody escaped.
    ("://", re.compile(r"://[^\s/:@\"']{0,128}:(?!\d{1,5}/)(?P<value>[^\s@\"'{}]{3,256})@[\w\[]")),
)
"""What stands in such a text, in lower case, and all of the shape."""
_NAMES = re.compile(
    r"password|passwd|passphrase|passcode|pwd|secret|token|credentials?"
    r"|(?:api|access|private|secret|signing|encryption|auth|account|master|service|client)[_-]?key"
)
_HELD = re.compile(
    r"(?i:[_-](?:key|value|id))?\d{0,3}"
    r"[\"']?[ \t]{0,4}(?P<sign>[:=]>?|[ \t])[ \t]{0,4}[\"']?"
    r"(?P<value>[^\s\"'`,;&<>(){}\[\]]{4,512})"
)
"""What follows such a name without quotes of its own: settings, connection strings, options."""
_MORE_NAMES = re.compile(
    r"pwd|passcode|passw|_pass|salt|(?:signing|encryption|auth|account|master|client)_?key"
)
_QUOTED_MORE = re.compile(
    r"[\"']?\]?\s{0,8}(?:={1,2}|:|:\s{0,4}(?:str|bytes)\s{0,4}=)\s{0,8}(?i:[rbu]{0,2})"
    r"(?P<quote>[\"'])(?P<value>[^\"'\r\n]{1,512})(?P=quote)"
)
"""What follows further names where a literal does."""
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\.?")
"""A value that a program works out."""
_OPTION = re.compile(r"(?:\A|[\s\"'])--?(?:[\w-]*[_-])?\Z")
_START = re.compile(r"[\w.-]*\Z")
_LOUD = re.compile(r"[A-Z][A-Z0-9_]*")
_WORDS = re.compile(r"[A-Za-z]+(?:[ _./:-]+[A-Za-z]*)*[.:?!]*")
_ABOUT = re.compile(r"(?i)passw|pwd|secret|token|user|login|field|prompt|key|name|auth|cred")
_SETTINGS = (".env", ".ini", ".cfg", ".toml", ".yml", ".yaml", ".json", ".properties", ".conf")
_LEAST = 4
_LONG = 100
"""Names within a longer value are not looked at: long runs of names would take long."""

Places = Iterable[tuple[int, int]]


def secret_places(text: str, path: str | None = None) -> list[tuple[int, int]]:
    """Return where secrets stand in a text, in order and apart from each other.

    Args:
        text: Of a file of the target, or of anything else that is shown.
        path: Of the file; ``None`` for what is none.
    """
    python = path is not None and path.endswith((".py", ".pyi"))
    settings = path is not None and (path.endswith(_SETTINGS) or "/.env" in f"/{path}")
    lowered = text.lower()
    lowered = lowered if len(lowered) == len(text) else text
    quoted = (_QUOTED_MORE.match(text, name.end()) for name in _MORE_NAMES.finditer(lowered))
    loose = sorted((*_unquoted(text, lowered, settings=settings), *random_values(text)))
    if python and loose:
        loose = list(_within(_texts_in(text), loose))
    places = [
        *_shaped(text, lowered),
        *(place for place in named_values(text) if _is_held(text[slice(*place)])),
        *(found.span("value") for found in quoted if found and _is_held(found["value"])),
        *loose,
    ]
    return united(place for place in places if place[1] - place[0] >= _LEAST)


def united(places: Places) -> list[tuple[int, int]]:
    """Return places in order, those that overlap as one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _shaped(text: str, lowered: str) -> Iterator[tuple[int, int]]:
    for literal, shape in SHAPES:
        if literal in text:
            yield from (found.span("value") for found in shape.finditer(text))
    for literal, shape in _OWN:
        if literal in lowered:
            for found in shape.finditer(text):
                yield found.span("value" if "value" in shape.groupindex else 0)
    raw = text.encode("utf-8", "surrogatepass")
    for beginning in BEGINNINGS:
        if beginning in raw:
            for value in every(text, beginning):
                yield from occurrences(text, value)


def occurrences(text: str, value: str) -> Iterator[tuple[int, int]]:
    """Yield where a value stands in a text."""
    at = text.find(value)
    while at >= 0:
        yield at, at + len(value)
        at = text.find(value, at + len(value))


def _is_held(value: str) -> bool:
    """Tell whether a literal behind the name of a secret may be one: no word, label or template."""
    value = value.strip()
    if len(value) < _LEAST or is_placeholder(value):
        return False
    return not (_WORDS.fullmatch(value) and (" " in value or _ABOUT.search(value)))


def _unquoted(text: str, lowered: str, *, settings: bool) -> Iterator[tuple[int, int]]:
    at = 0
    for name in _NAMES.finditer(lowered):
        if name.start() < at:
            continue
        found = _HELD.match(text, name.end())
        if found is None:
            continue
        at = found.end() if len(found["value"]) > _LONG else at
        if is_placeholder(found["value"]):
            continue
        line = text.rfind("\n", 0, name.start()) + 1
        before = text[max(line, name.start() - 40) : name.start()]
        if found["sign"].isspace():
            if _OPTION.search(before):
                yield found.span("value")
            continue
        whole = "".join(_START.findall(before)) + text[name.start() : name.end()]
        loud = found["sign"] == "=" and _LOUD.fullmatch(whole) is not None
        told = (settings or loud) and _DOTTED.fullmatch(found["value"]) is None
        if told or _is_odd(found["value"]):
            yield found.span("value")


def _is_odd(value: str) -> bool:
    """Tell whether a text is more than words: letters with digits or signs between them."""
    return any(map(str.isalpha, value)) and any(not c.isalpha() and c not in "-_./:" for c in value)


def _within(inside: list[tuple[int, int]], places: Places) -> Iterator[tuple[int, int]]:
    """Yield the places, in order, that begin in texts and comments of a program."""
    at = 0
    for start, end in places:
        while at < len(inside) and inside[at][1] <= start:
            at += 1
        if at < len(inside) and inside[at][0] <= start:
            yield start, end


def _texts_in(text: str) -> list[tuple[int, int]]:
    """Return where literals and comments of a program stand, in characters."""
    raw = text.encode("utf-8", "replace")
    spans: list[tuple[int, int]] = []
    pending: list[Node] = [parse(raw).root]
    while pending:
        node = pending.pop()
        if node.type in ("string", "comment", "ERROR"):
            spans.append((node.start_byte, node.end_byte))
        else:
            pending.extend(node.children)
    spans = united(spans)
    if len(raw) == len(text):
        return spans
    out: list[tuple[int, int]] = []
    characters = byte = 0
    for start, end in spans:
        first = characters + len(raw[byte:start].decode("utf-8", "replace"))
        characters = first + len(raw[start:end].decode("utf-8", "replace"))
        byte = end
        out.append((first, characters))
    return out
