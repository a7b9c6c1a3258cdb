"""Other ways to a sink, for where the best one cannot be driven.

See docs/decisions/0027-proof-over-unseen-projects.md.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding
from countermine.core.spans import Span, TreePath

MOST_WAYS_IN = 2
MOST_FUNCTIONS = 3
_NAME = re.compile(r"[A-Za-z_]\w*")
_ITSELF = ("self", "cls")


def other_ways(finding: Finding) -> Iterator[Finding]:
    """Yield the finding with each of its other ways in as the only one."""
    for way in finding.alternatives[:MOST_WAYS_IN]:
        yield replace(finding, entry=way.entry, trace=way.trace, alternatives=())


def used_later(finding: Finding, texts: Mapping[TreePath, bytes]) -> Iterator[Finding]:
    """Yield the finding with the method that uses what a constructor keeps as its entry point.

    The constructor is still what the value is given to: it is called first, whatever it checks.
    """
    entry = finding.entry
    if entry is None or entry.key is None or entry.channel is not Channel.PARAMETER:
        return
    owner, _, name = entry.qualname.rpartition(".")
    if name != "__init__" or entry.kind is not EntryKind.METHOD:
        return
    for at, step in enumerate(finding.trace):
        holder, _, method = step.function.rpartition(".")
        text = texts.get(step.span.path, b"")
        if holder and method != "__init__" and _keeps(text, holder, owner, entry.key):
            way = replace(entry, path=step.span.path, qualname=step.function)
            yield replace(finding, entry=way, trace=finding.trace[at:], alternatives=())
            return


def _keeps(text: bytes, holder: str, owner: str, key: str) -> bool:
    """Tell whether a class is made with a value of a name, which it or its base keeps."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    classes = {one.name: one for one in body if isinstance(one, ast.ClassDef)}
    looked_at: set[str] = set()
    while holder in classes and holder not in looked_at:
        looked_at.add(holder)
        one = classes[holder]
        bases = [ast.unparse(base).rpartition(".")[2] for base in one.bases]
        if any(getattr(part, "name", None) == "__init__" for part in one.body):
            return key in _parameters(text, f"{holder}.__init__")
        if owner.rpartition(".")[2] in bases:
            return True
        # What makes an object of a class that has no constructor is that of the first above it.
        holder = next((base for base in bases if base in classes), "")
    return False


def nearer(finding: Finding, texts: Mapping[TreePath, bytes]) -> Iterator[Finding]:
    """Yield the finding with functions of its trace as entry points.

    Each function of the trace takes the value as an argument: what it does with it is what the
    finding says of it, whoever calls it.
    """
    for entry, at in islice(_functions(finding, texts), MOST_FUNCTIONS):
        yield replace(finding, entry=entry, trace=finding.trace[at:], alternatives=())


def _functions(
    finding: Finding, texts: Mapping[TreePath, bytes]
) -> Iterator[tuple[EntryPoint, int]]:
    """Yield the functions behind the first one that take the value, and where each begins."""
    entry = finding.entry
    known = set() if entry is None else {(entry.path, entry.qualname)}
    for at, step in enumerate(finding.trace):
        place = step.span.path, step.function
        if place in known or step.function == "<module>" or "<" in step.function:
            continue
        known.add(place)
        last = at + 1 == len(finding.trace)
        span = finding.sink_argument if last and finding.sink_argument else step.span
        key = _carrier(texts.get(step.span.path, b""), step.function, span)
        if key is not None:
            kind = EntryKind.METHOD if "." in step.function else EntryKind.FUNCTION
            yield (
                EntryPoint(
                    kind=kind,
                    path=step.span.path,
                    qualname=step.function,
                    channel=Channel.PARAMETER,
                    key=key,
                ),
                at,
            )


def _carrier(text: bytes, qualname: str, span: Span) -> str | None:
    """Return the parameter of a function that a stretch of it works on; ``None`` if unsure."""
    parameters = _parameters(text, qualname)
    used = _NAME.findall(text[span.start_byte : span.end_byte].decode("utf-8", "replace"))
    carriers = [name for name in parameters if name in used]
    if len(carriers) == 1:
        return carriers[0]
    return parameters[0] if len(parameters) == 1 else None


def _parameters(text: bytes, qualname: str) -> list[str]:
    """Return the parameters of a function that has a name to call it by."""
    try:
        found: ast.AST = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    for part in qualname.split("."):
        if not isinstance(found, ast.Module | ast.ClassDef):
            return []
        named = [one for one in found.body if getattr(one, "name", None) == part]
        if not named:
            return []
        found = named[-1]
    if not isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    given = found.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [name for name in names if name not in _ITSELF]
