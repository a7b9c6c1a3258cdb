"""For tests of remedies: code with marks in, patched code out."""

from collections.abc import Sequence

from countermine.core.findings import Finding, FindingStatus
from countermine.core.knowledge import NamedRemedy, NoRemedy
from countermine.core.levels import Confidence, Severity
from countermine.core.patches import Patch, apply, invert
from countermine.core.spans import Span, TreePath
from countermine.core.weakness import Cwe, Fingerprint, WeaknessId
from countermine.fix.worker import try_remedies

SINK_MARKS = ("«", "»")
"""Around the dangerous call; must be there."""
ARGUMENT_MARKS = ("⟪", "⟫")
"""Around the argument that carries the taint; the first one where they are not there."""
PATH = TreePath("app.py")


class RemedyError(AssertionError):
    """A remedy did not do what a test expects of it."""


def marked(code: str, *, sink: str = "", encoding: str = "utf-8") -> tuple[bytes, Finding]:
    """Return the text of marked code without the marks, and a finding at the marks."""
    positions: dict[str, int] = {}
    plain = ""
    for character in code:
        if character in SINK_MARKS + ARGUMENT_MARKS:
            positions[character] = len(plain.encode(encoding))
        else:
            plain += character
    argument = None
    if ARGUMENT_MARKS[0] in positions:
        argument = Span(
            path=PATH,
            start_byte=positions[ARGUMENT_MARKS[0]],
            end_byte=positions[ARGUMENT_MARKS[1]],
        )
    location = Span(
        path=PATH, start_byte=positions[SINK_MARKS[0]], end_byte=positions[SINK_MARKS[1]]
    )
    return plain.encode(encoding), finding_at(location, argument=argument, sink=sink)


def finding_at(location: Span, *, argument: Span | None = None, sink: str = "") -> Finding:
    """Return a finding of which only the place and the sink mean something."""
    return Finding(
        weakness=WeaknessId("path-traversal"),
        cwe=Cwe(22),
        location=location,
        function="<module>",
        sink=sink,
        sink_argument=argument,
        message="A value from outside reaches a dangerous call.",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        status=FindingStatus.TRACED,
        fingerprint=Fingerprint("0" * 64),
    )


def first_patch(remedies: Sequence[NamedRemedy], finding: Finding, text: bytes) -> Patch | NoRemedy:
    """Return what the first remedy that fits proposes, else the reasons of all."""
    return try_remedies(finding, {finding.location.path: text}, remedies)


def patched(remedies: Sequence[NamedRemedy], code: str, *, sink: str = "") -> str:
    """Return marked code as the first fitting remedy leaves it.

    Checks on the way what holds for every remedy: the patch can be taken back, and the
    patched code needs no patch.

    Raises:
        RemedyError: If no remedy fits, or one of the two does not hold.
    """
    text, finding = marked(code, sink=sink)
    patch = first_patch(remedies, finding, text)
    if isinstance(patch, NoRemedy):
        message = f"no remedy fits: {patch.reason}"
        raise RemedyError(message)
    after = apply(patch, {PATH: text})[PATH]
    if apply(invert(patch), {PATH: after})[PATH] != text:
        message = "the patch cannot be taken back"
        raise RemedyError(message)
    again = first_patch(remedies, moved(finding, patch), after)
    if isinstance(again, Patch):
        message = (
            f"the patched code is patched again:\n{apply(again, {PATH: after})[PATH].decode()}"
        )
        raise RemedyError(message)
    return after.decode()


def refused(remedies: Sequence[NamedRemedy], code: str, *, sink: str = "") -> str:
    """Return why no remedy fits marked code.

    Raises:
        RemedyError: If one does.
    """
    text, finding = marked(code, sink=sink)
    outcome = first_patch(remedies, finding, text)
    if isinstance(outcome, Patch):
        message = f"a remedy fits:\n{apply(outcome, {PATH: text})[PATH].decode()}"
        raise RemedyError(message)
    return outcome.reason


def moved(finding: Finding, patch: Patch) -> Finding:
    """Return the finding at the place to which the patch moved it."""
    location = finding.location
    start, end = _moved(location, patch)
    return finding_at(Span(path=location.path, start_byte=start, end_byte=end), sink=finding.sink)


def _moved(span: Span, patch: Patch) -> tuple[int, int]:
    start, end = span.start_byte, span.end_byte
    for edit in patch.edits:
        grown = len(edit.after.encode()) - (edit.span.end_byte - edit.span.start_byte)
        if edit.span.end_byte <= span.start_byte:
            start, end = start + grown, end + grown
        elif edit.span.start_byte <= span.end_byte:
            end += grown
    return start, end
