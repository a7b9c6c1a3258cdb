"""Which entry point a witness drives: the finding's, or else the function that holds the sink."""

import re
from collections.abc import Mapping

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.core.witnesses import NoWitness

_ROUTE = re.compile(rb"^\s*@[\w.]+\.(route|get|post|put|patch|delete)\(", re.MULTILINE)
_DECORATED = re.compile(rb"((?:^[ \t]*@[^\n]*\n)*)^[ \t]*(?:async )?def %s\s*[\[(]")


def entry_of(finding: Finding, texts: Mapping[TreePath, bytes]) -> EntryPoint | NoWitness:
    """Return where to drive the target from.

    A pattern that is no flow has no entry point of its own: the function that holds it is
    called, through its route when it is a view.
    """
    if finding.entry is not None:
        return finding.entry
    path, function = finding.location.path, finding.function
    text = texts.get(path, b"")
    if function == "<module>":
        kind = EntryKind.SCRIPT
    elif "<lambda>" in function:
        return NoWitness(reason=f"{function} of {path} has no name to call it by")
    else:
        kind = _kind(function, text)
    return EntryPoint(
        kind=kind,
        path=path,
        qualname=function,
        channel=Channel.PARAMETER if kind in _CALLED else Channel.QUERY,
    )


_CALLED = {EntryKind.FUNCTION, EntryKind.METHOD, EntryKind.SCRIPT}


def _kind(function: str, text: bytes) -> EntryKind:
    name = function.rsplit(".", 1)[-1].encode()
    found = re.search(_DECORATED.pattern % re.escape(name), text, re.MULTILINE)
    if found is not None and _ROUTE.search(found.group(1)):
        if b"flask" in text.lower():
            return EntryKind.FLASK_VIEW
        if b"fastapi" in text.lower() or b"starlette" in text.lower():
            return EntryKind.ASGI_ROUTE
    return EntryKind.METHOD if "." in function else EntryKind.FUNCTION
