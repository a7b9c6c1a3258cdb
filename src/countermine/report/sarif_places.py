"""Places as SARIF says them: percent-encoded paths below the root, regions in UTF-16 columns."""

from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import quote

from countermine.core.spans import Span, TreePath
from countermine.report.escape import printable
from countermine.report.places import ColumnKind
from countermine.report.sources import Sources

Json: TypeAlias = dict[str, object]
"""One JSON object, built here and written at once."""

ROOT_ID = "%SRCROOT%"
"""The base of every URI: the root of the target. The name is the one that GitHub knows."""
MAX_SNIPPET_BYTES = 500


def uri_of(path: TreePath) -> str:
    """Return a path as a relative URI reference, RFC 3986; a byte that is no text as ``%NN``."""
    encoded = quote(path.encode("utf-8", "surrogateescape"), safe="/~")
    first = encoded.partition("/")[0]
    # A colon in the first part would read as a scheme, though quote() has encoded it already.
    return encoded if first else f"./{encoded}"


def text_of(text: str) -> str:
    """Return a sentence as a SARIF message: braces and brackets are syntax there.

    Source: SARIF 2.1.0, 3.11.5 (placeholders) and 3.11.6 (embedded links).
    """
    shown = printable(text)
    if "](" in shown:
        shown = shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return shown


@dataclass(slots=True)
class Locator:
    """Says where spans stand, and remembers which files they were in."""

    sources: Sources
    artifacts: dict[TreePath, int] = field(default_factory=dict)
    """The files in the order in which they were first named, with their index."""

    def artifact(self, path: TreePath) -> Json:
        """Return an artifact location."""
        index = self.artifacts.setdefault(path, len(self.artifacts))
        return {"uri": uri_of(path), "uriBaseId": ROOT_ID, "index": index}

    def region(self, span: Span) -> Json | None:
        """Return the region of a span, ``None`` where the text of its file is not at hand."""
        place = self.sources.place(span, ColumnKind.UTF16)
        if place is None:
            return None
        return {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
        }

    def physical(self, span: Span) -> Json:
        """Return the physical location of a span, with its code unless that holds a secret."""
        location: Json = {"artifactLocation": self.artifact(span.path)}
        region = self.region(span)
        if region is not None:
            snippet = self.sources.snippet(span, MAX_SNIPPET_BYTES)
            location["region"] = region | (
                {} if snippet is None else {"snippet": {"text": snippet}}
            )
        return location

    def location(self, span: Span, function: str, message: str | None = None) -> Json:
        """Return a location: the place, the function around it, and what happens there."""
        logical = {"fullyQualifiedName": printable(function), "kind": "function"}
        location: Json = {"physicalLocation": self.physical(span), "logicalLocations": [logical]}
        if message is not None:
            location["message"] = {"text": text_of(message)}
        return location
