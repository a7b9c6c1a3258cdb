"""The search for JSON that is put into the markup of a page as it is.

A browser looks for the end of a script before it reads any of it: ``</script>`` in a text of the
JSON ends it. Elsewhere in a page its texts are markup at once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from countermine.core.findings import Finding
from countermine.core.levels import Confidence
from countermine.core.spans import TreePath
from countermine.core.weakness import WeaknessFacts
from countermine.find.declared import declared
from countermine.find.entering import span
from countermine.find.request import FindRequest
from countermine.flow.index import FunctionInfo, ModuleInfo, Project

KIND = "html-script"
_DUMPS = rb"(?:json|simplejson|ujson|_json)\.dumps\("
_KEPT = re.compile(rb"^[ \t]*(\w+)\s*(?::\s*\w+\s*)?=\s*" + _DUMPS, re.MULTILINE)
_TAG = re.compile(rb"<(?:script|pre|div|p|body|html|td|span|textarea|li|code|h\d)\b[^<]")
_FIELDS = re.compile(rb"\b[rR]?f[rR]?[\"']")
_LONG = re.compile(rb"\"\"\"|\'\'\'")
_REACH = 600
"""Characters between a tag and what is put behind it in one text."""
_MADE_HARMLESS = re.compile(
    rb"u003|x3[cC]|escape|htmlsafe|tojson|saniti|replace\(\s*[rbu]?[\"'](?:<|&|</|/)[\"']|quote\("
    rb"|b64encode|application/(?:ld\+)?json[\"'](?![^\n]*src)"
)


def find_json_in_pages(
    request: FindRequest,
    project: Project,
    texts: Mapping[TreePath, bytes],
    flows: Iterable[Finding],
) -> list[Finding]:
    """Return where what is written as JSON becomes part of a page without a change.

    Functions in which ``flows`` tell of such a page already are left out.
    """
    facts = request.weakness_of(KIND)
    found: list[Finding] = []
    if facts is None:
        return found
    told = {(f.location.path, f.function) for f in flows if f.weakness == facts.id}
    for path in sorted(texts):
        text = texts[path]
        if b".dumps(" not in text or not _TAG.search(text) or not project.counts(path):
            continue
        module = project.module(path)
        if module is not None:
            places = [p for p in _places(module) if (path, p[0].qualname) not in told]
            found += [_finding(module, *one, facts) for one in places]
    return found


def _places(module: ModuleInfo) -> Iterator[tuple[FunctionInfo, tuple[int, int]]]:
    for function in module.functions:
        text = module.text[function.start : function.end]
        if b".dumps(" not in text or _MADE_HARMLESS.search(text):
            continue
        place = next(_put_into(text), None)
        if place is not None:
            yield function, (function.start + place[0], function.start + place[1])


def _put_into(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield where JSON stands behind a tag: in a field, for a ``%s``, or joined with ``+``."""
    kept = sorted(set(_KEPT.findall(text)))
    value = rb"(?:" + b"|".join((_DUMPS, *(rb"\b" + n + rb"\b(?!\s*[.(\[])" for n in kept))) + rb")"
    forms = [rb"%s[^%\"']{0,200}[\"']{1,3}\s*%\s*\(?\s*" + value, rb"[\"']\s*\+\s*" + value]
    if _FIELDS.search(text):
        forms.append(rb"(?<!\{)\{" + value)
    put = re.compile(b"|".join(forms))
    for tag in _TAG.finditer(text):
        match = put.search(text, tag.start(), tag.start() + _REACH)
        between = b"" if match is None else text[tag.start() : match.start()]
        if match is not None and (b"\n" not in between or _LONG.search(text, 0, tag.start())):
            yield tag.start(), match.end()


def _finding(
    module: ModuleInfo, function: FunctionInfo, place: tuple[int, int], facts: WeaknessFacts
) -> Finding:
    qualname = function.qualname
    message = (
        f"In {qualname} JSON becomes part of a page as it is, so that an attacker whose text is "
        f"in it can {facts.consequence}."
    )
    where = span(module.path, *place)
    return declared(facts, where, (qualname, "json.dumps"), message, Confidence.LOW, ())
