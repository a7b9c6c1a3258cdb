"""The search for secrets that are written into code."""

import re
from collections.abc import Iterable, Mapping

from countermine.core.findings import Finding
from countermine.core.levels import Confidence
from countermine.core.spans import TreePath
from countermine.core.weakness import WeaknessFacts
from countermine.find.declared import declared
from countermine.find.entering import span
from countermine.find.request import FindRequest
from countermine.find.secret_places import Form, Place, places, words_in
from countermine.find.telling import named
from countermine.secrets.shapes import URL, shaped
from countermine.secrets.words import Held, is_secret
from countermine.syntax.python import parse

SECRET = "hard-coded-secret"  # noqa: S105 - the kind
DEFAULT = "default-credentials"
_IDS = frozenset({SECRET, DEFAULT})
_WELL_KNOWN = frozenset(
    {"admin", "administrator", "changeit", "default", "guest", "manager", "password", "postgres",
     "public", "raspberry", "root", "sa", "secret", "tomcat", "toor", "user"}
)  # fmt: skip
"""Passwords that products came with and everybody tries first."""
_LESS_SURE = frozenset({"Google API key", "JSON Web Token", URL})
"""Made to be handed out, or to run out, or often of a machine nobody else reaches."""


_SAMPLES = re.compile(
    r"(?:^|[/._:])(?:default|sample|example|demo|test)s?(?=[/._:]|$)"
    r"|(?<=[a-z])(?:Default|Sample|Example|Demo|Test)s?(?=[/._:A-Z]|$)"
)
"""Names of files and functions that write samples down."""


def find_secrets(request: FindRequest, texts: Mapping[TreePath, bytes]) -> list[Finding]:
    """Return the secrets that stand in the files that count. No value is part of what is told."""
    wanted = {kind: f for f in request.weaknesses for kind in f.sink_kinds}
    if SECRET not in wanted:
        return []
    roles = {f.path: f.role for f in request.inventory.files}
    found: list[Finding] = []
    for path in sorted(texts):
        words = words_in(texts[path]) if roles[path] in request.roles else []
        if not words:
            continue
        seen: dict[tuple[str, str], int] = {}
        for place in places(texts[path], words, parse(texts[path]).root):
            facts = wanted.get(_kind(place) or "")
            if facts is not None:
                found.append(_finding(path, place, facts, seen))
    return found


def told_once(
    findings: Iterable[Finding], secrets: Iterable[Finding], texts: Mapping[TreePath, bytes]
) -> list[Finding]:
    """Return the findings without those that use a secret where ``secrets`` say it is defined."""
    names = {(f.weakness, f.sink) for f in secrets}
    kept: list[Finding] = []
    for finding in findings:
        place = finding.sink_argument
        if finding.weakness in _IDS and place is not None:
            text = texts[place.path][place.start_byte : place.end_byte].decode("utf-8", "replace")
            if (finding.weakness, text.rpartition(".")[2]) in names:
                continue
        kept.append(finding)
    return kept


def _kind(place: Place) -> str | None:
    """Return the kind of flaw that a literal is, ``None`` if it is none."""
    if place.what is None:
        return SECRET if shaped(place.value, place.beginning) is not None else None
    if place.what is Held.PASSWORD and place.user and _is_default(place.user, place.value):
        return DEFAULT
    beside = place.user is not None
    if place.form is Form.FALLBACK and place.what is Held.PASSWORD:
        return None
    if is_secret(place.what, place.value, place.name, beside_user=beside):
        return SECRET
    return None


def _is_default(user: str, password: str) -> bool:
    return password.lower() in _WELL_KNOWN and user.lower() in _WELL_KNOWN


def _finding(
    path: TreePath, place: Place, facts: WeaknessFacts, seen: dict[tuple[str, str], int]
) -> Finding:
    qualname = place.function
    ordinal = seen.get((qualname, place.name), 0)
    seen[(qualname, place.name)] = ordinal + 1
    where = span(path, place.start, place.end)
    what = f"{_told(place)} in {named(qualname)}"
    message = f"{what}, so that an attacker can {facts.consequence}."
    known_by = (place.name, str(ordinal))
    return declared(
        facts, where, (qualname, place.name), message, confidence_of(path, place), known_by
    )


def _told(place: Place) -> str:
    match place.form:
        case Form.SHAPED:
            return f"A secret is written into the code ({place.name})"
        case Form.COMPARED:
            return f"{place.name} is compared with a value that is written into the code"
        case Form.FALLBACK:
            return f"{place.name} falls back to a value that is written into the code"
        case Form.DEFAULT:
            return f"{place.name} has a default that is written into the code"
        case Form.ASSIGNED | Form.KEYWORD | Form.ITEM:
            return f"{place.name} has a value that is written into the code"


def confidence_of(path: TreePath, place: Place) -> Confidence:
    """Return how sure it is that a literal is a secret that is used."""
    if _SAMPLES.search(f"{path}:{place.function}") or place.value == place.user:
        return Confidence.LOW
    if place.form is Form.SHAPED:
        return Confidence.MEDIUM if place.name in _LESS_SURE else Confidence.HIGH
    return Confidence.LOW if place.form in (Form.FALLBACK, Form.DEFAULT) else Confidence.MEDIUM
