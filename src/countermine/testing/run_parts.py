"""What the made-up cases are put together from."""

import hashlib

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding, FindingStatus, StepKind, TraceStep
from countermine.core.levels import Confidence, Severity, SourceLevel
from countermine.core.patches import Edit, Patch, PatchOrigin
from countermine.core.spans import tree_path
from countermine.core.verdicts import (
    Evidence,
    Gate,
    GateOutcome,
    GateResult,
)
from countermine.core.weakness import Cwe, Fingerprint, WeaknessId
from countermine.core.witnesses import Input, Stimulus, Witness, WitnessKind
from countermine.testing.run_texts import span_of

LADDER = (
    (Gate.BASELINE, "The environment builds; 48 tests pass twice, 1 is flaky and set aside."),
    (Gate.RED, "The witness opens a file outside the folder."),
    (Gate.CONTROL, "The legitimate use works."),
    (Gate.SCOPE, "The patch touches shop/documents.py only, inside read_invoice."),
    (Gate.BUILDS, "Every touched file parses and imports as before."),
    (Gate.DETECTOR, "Silent on the patched tree, and nothing new elsewhere."),
    (Gate.GREEN, "The witness and 6 variants no longer trigger, three times each."),
    (Gate.CONTROL_AGAIN, "The legitimate use gives the same result."),
    (Gate.TESTS, "All 48 tests that passed still pass."),
    (Gate.REATTACK, "64 inputs near the witness's own do not get past the patch."),
    (Gate.REGRESSION_TEST, "The new test fails without the fix and passes with it."),
)


def step(kind: StepKind, place: tuple[str, str], function: str, note: str) -> TraceStep:
    """Return a step of a trace; the place is a path and the code that stands there."""
    return TraceStep(kind=kind, span=span_of(*place), function=function, note=note)


def finding_of(weakness: str, cwe: int, place: tuple[str, str], sink: str, message: str) -> Finding:
    """Return a finding from a remote source, with only what every finding has."""
    digest = hashlib.sha256(f"{weakness}:{place[0]}:{sink}".encode()).hexdigest()
    return Finding(
        weakness=WeaknessId(weakness),
        cwe=Cwe(cwe),
        location=span_of(*place),
        function="<module>",
        sink=sink,
        message=message,
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        status=FindingStatus.TRACED,
        level=SourceLevel.REMOTE,
        fingerprint=Fingerprint(digest),
    )


def flask_view(qualname: str, channel: Channel, key: str) -> EntryPoint:
    """Return the entry point of a Flask view of the made-up shop."""
    return EntryPoint(
        kind=EntryKind.FLASK_VIEW,
        path=tree_path("shop/views.py"),
        qualname=qualname,
        channel=channel,
        key=key,
    )


def witness_for(finding: Finding, attack: str, control: str) -> Witness:
    """Return a witness with an attack, the same twice over, and a legitimate use.

    Raises:
        ValueError: If the finding has no entry.
    """
    entry = finding.entry
    if entry is None:
        message = "a made-up witness needs a finding with an entry"
        raise ValueError(message)

    def stimulus(name: str, text: str) -> Stimulus:
        value = Input(channel=entry.channel, key=entry.key, text=text)
        return Stimulus(name=name, inputs=(value,))

    return Witness(
        weakness=finding.weakness,
        fingerprint=finding.fingerprint,
        kind=WitnessKind.EFFECT,
        entry=entry,
        sink=finding.sink,
        attacks=(stimulus("plain", attack), stimulus("doubled", attack + attack)),
        controls=(stimulus("as before", control),),
    )


def ladder(
    last: Gate, outcome: GateOutcome, reason: str, *evidence: Evidence
) -> tuple[GateResult, ...]:
    """Return the ladder up to and with ``last``; the gates below it passed."""
    passed = tuple(
        GateResult(gate=gate, outcome=GateOutcome.PASSED, reason=said, duration_ms=120 * (gate + 1))
        for gate, said in LADDER
        if gate < last
    )
    final = GateResult(
        gate=last, outcome=outcome, reason=reason, evidence=evidence, duration_ms=1840
    )
    return (*passed, final)


def remedy(author: str, summary: str, *edits: tuple[str, str, str]) -> Patch:
    """Return a patch that replaces texts: path, what stands there, what comes instead."""
    return Patch(
        edits=tuple(
            Edit(span=span_of(path, before), before=before, after=after)
            for path, before, after in edits
        ),
        origin=PatchOrigin.REMEDY,
        author=author,
        summary=summary,
    )
