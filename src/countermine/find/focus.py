"""A search that costs what a change costs: only what changed files have a part in."""

from collections.abc import Mapping, Sequence

from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.find.request import FindRequest


def focused(
    request: FindRequest, texts: Mapping[TreePath, bytes], counted: Sequence[TreePath]
) -> list[TreePath]:
    """Return the files that a search begins in, in path order.

    Those that changed, and those that name a template that changed.
    """
    focus = request.focus or frozenset()
    pages = [t.path for t in request.inventory.templates if t.path in focus]
    names = sorted({page.rpartition("/")[2].encode() for page in pages})
    return [path for path in counted if path in focus or any(name in texts[path] for name in names)]


def in_focus(finding: Finding, focus: frozenset[TreePath] | None) -> bool:
    """Tell whether a changed file has a part in a finding: its place, its entry, or a step.

    Any has where there is no focus.
    """
    if focus is None:
        return True
    places = [finding.location.path, *(step.span.path for step in finding.trace)]
    if finding.entry is not None:
        places.append(finding.entry.path)
    return not focus.isdisjoint(places)
