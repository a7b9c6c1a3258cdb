"""Which entry point a witness drives: the finding's, or else the function that holds the sink."""

import ast
import re
from collections.abc import Mapping
from dataclasses import replace

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding, StepKind
from countermine.core.spans import TreePath
from countermine.core.witnesses import NoWitness
from countermine.prove.drive.uploads import uploaded

FILE_NAMES = re.compile(
    r"(path|file|file_?name|fname|archive|tarball|infile|src|source)s?$", re.IGNORECASE
)
"""Names of parameters that are paths of files."""
_CONTENT_NAMES = re.compile(r"(content|text|data|stream|string|document|doc|raw|body|fp?)$")
_ROUTE = re.compile(rb"^\s*@[\w.]+\.(route|get|post|put|patch|delete)\(", re.MULTILINE)
_DECORATED = re.compile(rb"((?:^[ \t]*@[^\n]*\n)*)^[ \t]*(?:async )?def %s\s*[\[(]")


def entry_of(finding: Finding, texts: Mapping[TreePath, bytes]) -> EntryPoint | NoWitness:
    """Return where to drive the target from.

    A pattern that is no flow has no entry point of its own: the function that holds it is
    called, through its route when it is a view.
    """
    if finding.entry is not None:
        return uploaded(_outermost(finding, finding.entry, texts), texts)
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


def _outermost(finding: Finding, entry: EntryPoint, texts: Mapping[TreePath, bytes]) -> EntryPoint:
    """Return the function that both reads a document and passes its content on.

    Where the function with the source gives the content back to its caller, calling it alone
    never gets to the sink.
    """
    if entry.channel is not Channel.FILE_CONTENT or entry.kind not in _CALLED:
        return entry
    first = next((step for step in finding.trace if step.kind is StepKind.CALL), None)
    path, qualname = entry.path, entry.qualname
    if first is not None and (first.span.path, first.function) != (path, qualname):
        path, qualname = first.span.path, first.function
    elif entry.key is not None:
        return entry
    if qualname == "<module>":
        return entry
    kind = EntryKind.METHOD if "." in qualname else EntryKind.FUNCTION
    key = file_parameter(texts.get(path, b""), qualname)
    return replace(entry, kind=kind, path=path, qualname=qualname, key=key)


def file_parameter(text: bytes, qualname: str) -> str | None:
    """Return the parameter of a function that most likely takes a file, ``None`` for the first."""
    names = _parameters(text, qualname)
    for pattern in (FILE_NAMES, _CONTENT_NAMES):
        for name in names:
            if pattern.search(name):
                return name
    return None


def _parameters(text: bytes, qualname: str) -> list[str]:
    try:
        found: ast.AST | None = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    for part in qualname.split("."):
        bodies = ast.iter_child_nodes(found) if found is not None else ()
        found = next((node for node in bodies if getattr(node, "name", None) == part), None)
    if not isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    arguments = found.args
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return [name for name in names if name not in {"self", "cls"}]
