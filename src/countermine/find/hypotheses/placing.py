"""From what a model says to a place that exists, or to why it is not believed to be one."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding, FindingStatus
from countermine.core.levels import Confidence, Severity
from countermine.core.spans import Span
from countermine.core.weakness import Fingerprint, WeaknessFacts
from countermine.find.hypotheses.asking import SaidClaim
from countermine.find.hypotheses.pieces import Piece
from countermine.find.hypotheses.ranking import Candidate
from countermine.find.hypotheses.words import one_sentence
from countermine.flow import ir
from countermine.flow.index import ModuleInfo
from countermine.syntax.python import parse

NO_CALL = "(no call)"
"""Stands for the sink of a hypothesis about a line that calls nothing."""
MIN_LINE = 4
"""Characters of a line that can be a place: ``else:`` is one, ``)`` is none."""
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A claim whose place exists."""

    facts: WeaknessFacts
    candidate: Candidate
    line: Span
    """The line that was named, without the blanks around it."""
    location: Span
    """The call in it, or all of it."""
    written: str | None
    """What is called there, as it is written; ``None`` where nothing is."""
    entry: Candidate | None
    """The function of the same file through which the input comes, if there is such a one."""
    reason: str


def placed(
    claim: SaidClaim, piece: Piece, text: bytes, weaknesses: Mapping[str, WeaknessFacts]
) -> Placed | str:
    """Return the place of a claim, or in one sentence why it has none.

    Args:
        claim: What a model says.
        piece: What it was shown; it can speak of nothing else.
        text: The file of the piece, as it is.
        weaknesses: What may be claimed, by id.
    """
    facts = weaknesses.get(claim.weakness)
    if facts is None:
        return f"there is no weakness {claim.weakness[:60]!r}; use an id of the list"
    if claim.file != piece.path:
        return f"{claim.file[:120]!r} was not shown; the file is {piece.path!r}"
    if not any(one.qualname == claim.function for one in piece.candidates):
        return f"no function {claim.function[:120]!r} was shown"
    lines = [
        (one, span)
        for one in piece.candidates
        if one.qualname == claim.function
        for span in _lines(text, one, claim.line.strip())
    ]
    if len(lines) != 1:
        often = "does not stand" if not lines else "stands more than once"
        return f"the line {claim.line.strip()[:120]!r} {often} in {claim.function}"
    reason = one_sentence(claim.reason)
    if reason is None:
        return "the reason must be a sentence"
    candidate, line = lines[0]
    called = _call(text, line, claim.call.strip())
    entry = next((one for one in piece.candidates if one.qualname == claim.entry), None)
    return Placed(
        facts=facts,
        candidate=candidate,
        line=line,
        location=line if called is None else called[0],
        written=None if called is None else called[1],
        entry=entry,
        reason=reason,
    )


def _lines(text: bytes, one: Candidate, wanted: str) -> list[Span]:
    """Return where a line stands in a function."""
    if len(wanted) < MIN_LINE or "\n" in wanted or wanted.startswith("#"):
        return []
    found: list[Span] = []
    offset = one.start
    for line in text[one.start : one.end].splitlines(keepends=True):
        bare = line.strip()
        if bare.decode("utf-8", "replace") == wanted:
            start = offset + len(line) - len(line.lstrip())
            found.append(Span(path=one.path, start_byte=start, end_byte=start + len(bare)))
        offset += len(line)
    return found


def _call(text: bytes, line: Span, written: str) -> tuple[Span, str] | None:
    """Return the call that begins on a line, the one that was named if it is there."""
    calls = [
        (node, function)
        for node in _nodes(parse(text).root, line)
        if node.type == "call"
        and line.start_byte <= node.start_byte < line.end_byte
        and (function := node.child_by_field_name("function")) is not None
    ]
    named = [
        (node, spelt)
        for node, function in calls
        if (spelt := _spelt(text, function)) is not None and written in {"", spelt}
    ]
    if not named:
        return None
    node, spelt = named[0]
    return Span(path=line.path, start_byte=node.start_byte, end_byte=node.end_byte), spelt


def _nodes(root: Node, line: Span) -> Iterable[Node]:
    """Yield the nodes that share a byte with a line, the outer ones first."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.start_byte < line.end_byte and line.start_byte < node.end_byte:
            yield node
            waiting += reversed(node.named_children)


def _spelt(text: bytes, function: Node) -> str | None:
    spelt = text[function.start_byte : function.end_byte].decode("utf-8", "replace")
    return spelt if _DOTTED.fullmatch(spelt) else None


def resolved(module: ModuleInfo, written: str) -> str:
    """Return the dotted name of what is called, by the imports of its file.

    ``*.run`` is a method of something of which nothing is known.
    """
    first, _, rest = written.partition(".")
    for binding in module.bindings.get(first, ()):
        if isinstance(binding, ir.Imported) and not binding.level:
            whole = binding.module
            if binding.attribute is not None:
                whole = f"{whole}.{binding.attribute}"
            elif binding.name == whole.partition(".")[0]:
                whole = binding.name
            return f"{whole}.{rest}" if rest else whole
    return f"*.{rest.rpartition('.')[2]}" if rest else written


def finding(claim: Placed, sink: str, model: str, text: bytes) -> Finding:
    """Return the finding that a claim is: *suspected*, of low confidence."""
    facts, one = claim.facts, claim.candidate
    severity = facts.severity
    if not one.routed:
        severity = list(Severity)[max(severity.rank - 1, 0)]
    return Finding(
        weakness=facts.id,
        cwe=facts.cwe,
        location=claim.location,
        function=one.qualname,
        sink=sink,
        message=f"The model {model} suspects {facts.title.lower()}: {claim.reason}",
        severity=severity,
        confidence=Confidence.LOW,
        status=FindingStatus.SUSPECTED,
        entry=_entry(claim),
        fingerprint=_fingerprint(claim, text),
        proposed_by=model,
    )


def _entry(claim: Placed) -> EntryPoint | None:
    """Return where the input comes in, as far as a claim can say it; what is driven is checked.

    ``None`` for a request: through which of its parts it comes is more than a name can tell.
    """
    one = claim.entry
    if one is None or one.routed or one.qualname == claim.candidate.qualname:
        return None
    return EntryPoint(
        kind=EntryKind.METHOD if one.method else EntryKind.FUNCTION,
        path=one.path,
        qualname=one.qualname,
        channel=Channel.PARAMETER,
        start_line=one.line,
    )


def _fingerprint(claim: Placed, text: bytes) -> Fingerprint:
    line = text[claim.line.start_byte : claim.line.end_byte].split()
    parts = [
        b"hypothesis",
        claim.facts.id.encode(),
        claim.line.path.encode("utf-8", "surrogateescape"),
        claim.candidate.qualname.encode("utf-8", "replace"),
        b" ".join(line),
    ]
    return Fingerprint(hashlib.sha256(b"\0".join(parts)).hexdigest())


def is_known(claim: Placed, findings: Iterable[Finding]) -> bool:
    """Tell whether the search, or the user, already has a word on the place."""
    return any(
        known.weakness == claim.facts.id and known.location.overlaps(claim.line)
        for known in findings
    )
