"""The search for HTTP clients that hand credentials to the hosts that they are led on to."""

import re
from collections.abc import Iterator, Mapping

from countermine.core.findings import Finding
from countermine.core.levels import Confidence
from countermine.core.spans import TreePath
from countermine.core.weakness import WeaknessFacts
from countermine.find.declared import declared
from countermine.find.entering import span
from countermine.find.request import FindRequest
from countermine.flow.index import FunctionInfo, ModuleInfo, Project

KIND = "credentials-sent-on"
_LOCATION = re.compile(rb"[\"']location[\"']|get_redirect_(?:location|target)\(", re.IGNORECASE)
_HOLDING = ("authorization", "cookie", "proxy-authorization")
"""Headers that hold credentials, in small letters."""
_LIST = re.compile(
    rb"^[ \t]*(?:self\.)?(?P<name>\w+)\s*(?::[^=\n]+)?=\s*+(?:(?:frozen)?set|tuple|list)?"
    rb"(?:\(\s*+)?[\[({](?P<items>[^\[\](){}]*)[\])}]",
    re.MULTILINE,
)
_REMOVED = re.compile(rb"(?i)redirect")
_HEADERS = re.compile(rb"(?i)remove|strip|drop|sensitive|unsafe|header|forbid")
_TEXTS = re.compile(rb"[\"']([\w-]+)[\"']")
_TAKEN_OFF = re.compile(
    rb"del\s+[\w.]*headers\[\s*b?[\"']authorization[\"']\s*\]"
    rb"|headers\.(?:pop|__delitem__|remove)\(\s*b?[\"']authorization[\"']"
    rb"|remove_header\(\s*b?[\"']authorization[\"']",
    re.IGNORECASE,
)
_HOSTS_DIFFER = re.compile(
    rb"\.(?:hostname|host|netloc)\s*(?:!=|==)\s*[\w.]+\.(?:hostname|host|netloc)\b"
)
_WHOLE_ORIGIN = re.compile(
    rb"scheme|https|origin\b|is_same_host|same_origin|\[:\s*2\]", re.IGNORECASE
)
_FOLLOWS = re.compile(rb"\burljoin\(")
_SENDS = re.compile(
    rb"(?:\bself\.|\bsession\.|\bclient\.|\bhttp\.|\bcls\.)_?(?:urlopen|request|send|fetch|get|open|perform_request)"
    rb"\((?P<given>[^\n]*(?:\n(?![ \t]*\n)[^\n]*){0,8})"
)
_WITH_HEADERS = re.compile(
    rb"\bheaders\s*=|\*\*kw(?:args)?\b|\bheaders\b\s*[,)]|\bcookies\s*=|\bauth\s*="
)
_TAKES_CARE = re.compile(
    rb"authorization|cookie|remove_headers|strip_?auth|same_?(?:host|origin|site)|netloc|\[:\s*2\]"
    rb"|allowed_hosts|trusted",
    re.IGNORECASE,
)


def find_credentials_sent_on(
    request: FindRequest, project: Project, texts: Mapping[TreePath, bytes]
) -> list[Finding]:
    """Return where headers that hold credentials go along to another host."""
    facts = request.weakness_of(KIND)
    found: list[Finding] = []
    if facts is None:
        return found
    for path in sorted(texts):
        text = texts[path]
        module = project.module(path) if project.counts(path) and _may_have(text) else None
        if module is not None:
            found += [_finding(module, place, note, facts) for place, note in _places(module)]
    return found


def _may_have(text: bytes) -> bool:
    """Tell whether a file may have one of these; most have none, and are not read further."""
    small = text.lower()
    if b"authorization" in small and _TAKEN_OFF.search(text) and _HOSTS_DIFFER.search(text):
        return True
    if b"urljoin(" in text and _LOCATION.search(text):
        return True
    return b"redirect" in small and any(True for _ in _gaps(text))


def _places(module: ModuleInfo) -> Iterator[tuple[tuple[int, int], str]]:
    yield from _gaps(module.text)
    for function in module.functions:
        text = module.text[function.start : function.end]
        if b"ocation" in text or b"edirect" in text or _TAKEN_OFF.search(text):
            place = _half_compared(function, text) or _not_compared(module, function, text)
            if place is not None:
                yield place


def _gaps(text: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the lists of headers to take off which leave out some that hold credentials."""
    for match in _LIST.finditer(text):
        if not (_REMOVED.search(match["name"]) and _HEADERS.search(match["name"])):
            continue
        named = {one.decode().lower() for one in _TEXTS.findall(match["items"])}
        missing = [one for one in _HOLDING if one not in named]
        if missing and not named.isdisjoint(_HOLDING):
            begin = match.start("name")
            yield (begin, match.end()), f"the headers that are taken off lack {missing[0].title()}"


def _half_compared(function: FunctionInfo, text: bytes) -> tuple[tuple[int, int], str] | None:
    """Return where a credential is taken off only where the names of the hosts differ."""
    taken = _TAKEN_OFF.search(text)
    compared = _HOSTS_DIFFER.search(text)
    if taken is None or compared is None or _WHOLE_ORIGIN.search(text):
        return None
    place = (function.start + taken.start(), function.start + taken.end())
    return place, "the names of the hosts are compared, not the schemes and ports"


def _not_compared(
    module: ModuleInfo, function: FunctionInfo, text: bytes
) -> tuple[tuple[int, int], str] | None:
    """Return where a request is led on with all its headers."""
    led = _LOCATION.search(text)
    if led is None or _FOLLOWS.search(text) is None:
        return None
    around = module.text if function.owner is None else _text_of_class(module, function)
    if _TAKES_CARE.search(around):
        return None
    for sent in _SENDS.finditer(text, led.end()):
        if _WITH_HEADERS.search(sent["given"].partition(b")\n")[0]):
            place = (function.start + sent.start(), function.start + sent.start("given"))
            return place, "the request is led on with all its headers"
    return None


def _text_of_class(module: ModuleInfo, function: FunctionInfo) -> bytes:
    owner = function.owner
    return module.text if owner is None else module.text[owner.start : owner.end]


def _finding(
    module: ModuleInfo, place: tuple[int, int], note: str, facts: WeaknessFacts
) -> Finding:
    around = [f for f in module.functions if f.start <= place[0] < f.end]
    qualname = max(around, key=lambda one: one.start).qualname if around else "<module>"
    named = qualname if around else "the module"
    message = f"In {named} {note}, so that an attacker can {facts.consequence}."
    text = module.text[slice(*place)].decode(errors="replace")
    where = span(module.path, *place)
    return declared(facts, where, (qualname, qualname), message, Confidence.MEDIUM, (text,))
