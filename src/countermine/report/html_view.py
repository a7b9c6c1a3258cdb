"""What the page shows, as values: the template only lays them out."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countermine.core.cases import Case, case_id
from countermine.core.findings import Finding
from countermine.core.levels import SourceLevel
from countermine.core.patches import Patch
from countermine.core.runs import Run
from countermine.core.verdicts import GateOutcome, GateResult, Proven
from countermine.core.weakness import WeaknessFacts, WeaknessId
from countermine.core.witnesses import Stimulus, Witness
from countermine.report.cwe import cwe_name, cwe_url
from countermine.report.diffs import file_diffs
from countermine.report.escape import printable, printable_lines
from countermine.report.html_code import CodeRow, DiffRow, Highlighter, diff_rows
from countermine.report.models import ExchangeView, transcript
from countermine.report.redact import redact
from countermine.report.sources import Sources
from countermine.report.wording import (
    GATE_TITLES,
    STATUS_MEANING,
    Standing,
    Tone,
    decided_by,
    made_by,
    marked,
    opinion_of,
    safe,
    standing,
)

MAX_OPEN_EVIDENCE_LINES = 12
"""Longer evidence is folded away until it is asked for."""
MAX_EVIDENCE_CHARACTERS = 20_000
_PLAIN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,100}")
_LEVELS = {
    SourceLevel.REMOTE: "whoever can send a request",
    SourceLevel.FILE: "whoever can hand over a file",
    SourceLevel.LOCAL: "whoever starts the program",
    SourceLevel.API: "whoever calls the library",
}
_OUTCOMES = {
    GateOutcome.PASSED: ("passed", Tone.GOOD),
    GateOutcome.FAILED: ("failed", Tone.BAD),
    GateOutcome.INCONCLUSIVE: ("inconclusive", Tone.UNSURE),
    GateOutcome.NOT_APPLICABLE: ("not applicable", Tone.QUIET),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of a trace with its code."""

    kind: str
    where: str
    function: str
    note: str
    rows: tuple[CodeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StimulusView:
    """One way in which the target was driven."""

    kind: str
    name: str
    inputs: tuple[tuple[str, str], ...]
    """Where each value entered, and the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """What a patch does to one file."""

    path: str
    is_new: bool
    added: int
    removed: int
    hunks: tuple[tuple[DiffRow, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchView:
    """A patch, file by file."""

    summary: str
    by: str
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """Something that a gate saw."""

    title: str
    text: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GateView:
    """One gate with what it saw."""

    number: int
    title: str
    outcome: str
    tone: Tone
    reason: str
    duration: str
    evidence: tuple[EvidenceView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One finding, with its case where there is one."""

    anchor: str
    id: str
    title: str
    message: str
    stands: Standing
    severity: str
    facts: tuple[tuple[str, str], ...]
    """Names and values, in the order in which they are shown."""
    cwe: int
    cwe_name: str
    cwe_url: str
    advice: str
    steps: tuple[StepView, ...]
    rows: tuple[CodeRow, ...]
    """The code of the place, where there is no trace."""
    where: str
    no_witness: str
    stimuli: tuple[StimulusView, ...]
    driven: str
    no_patch: str
    patch: PatchView | None
    regression_test: PatchView | None
    gates: tuple[GateView, ...]
    progress: str
    """How far the ladder was climbed, in a few words; empty where nothing was judged."""
    command: str
    exchanges: tuple[ExchangeView, ...] = ()
    """What models were asked and said for it."""


def item_view(
    run: Run,
    finding: Finding,
    case: Case | None,
    facts: Mapping[WeaknessId, WeaknessFacts],
    highlighter: Highlighter,
) -> ItemView:
    """Return what is shown of a finding; ``case`` is ``None`` after a plain search."""
    sources = highlighter.sources
    known = facts.get(finding.weakness)
    name = case_id(finding) if case is None else case.id
    driven = case is not None and case.witness is not None
    return ItemView(
        anchor=name if _PLAIN_ID.fullmatch(name) else f"place-{finding.fingerprint[:16]}",
        id=printable(name),
        title=safe(finding.weakness) if known is None else known.title,
        message=safe(finding.message),
        stands=stands_of(run, finding, case),
        severity=finding.severity.value,
        facts=_facts(finding, sources),
        cwe=finding.cwe,
        cwe_name=cwe_name(finding.cwe),
        cwe_url=cwe_url(finding.cwe),
        advice="" if known is None else known.advice,
        steps=tuple(
            StepView(
                kind=step.kind.value,
                where=sources.where(step.span),
                function=safe(step.function),
                note=safe(step.note),
                rows=highlighter.excerpt(step.span, context=1),
            )
            for step in finding.trace
        ),
        rows=() if finding.trace else highlighter.excerpt(finding.location),
        where=sources.where(finding.location),
        no_witness=safe(case.no_witness or "") if case is not None else "",
        stimuli=_stimuli(case),
        driven=_driven(case) if driven else "",
        no_patch=safe(case.no_patch or "") if case is not None else "",
        patch=_patch(None if case is None else case.patch, sources),
        regression_test=_patch(None if case is None else case.regression_test, sources),
        gates=_gates(case),
        progress=_progress(case),
        command=f"countermine prove {shlex.quote(printable(name))}"
        f" --target {shlex.quote(printable(run.target.spec))}",
        exchanges=() if case is None else transcript(run.models, case.id),
    )


def stands_of(run: Run, finding: Finding, case: Case | None) -> Standing:
    """Return where a finding stands: its case's verdict, or the rung that the search reached."""
    if case is not None:
        return standing(case, isolated=run.isolated)
    meaning = STATUS_MEANING[finding.status]
    tone = Tone.QUIET
    said = marked(finding, f"{meaning.capitalize()}.")
    return Standing(label=finding.status.value, tone=tone, sentence=said)


def _facts(finding: Finding, sources: Sources) -> tuple[tuple[str, str], ...]:
    rows = [
        ("Place", f"{sources.where(finding.location)} in {safe(finding.function)}"),
        ("Dangerous call", safe(finding.sink)),
        ("Rung", f"{finding.status}: {STATUS_MEANING[finding.status]}"),
        ("Confidence", finding.confidence.value),
    ]
    if finding.level is not None:
        rows.append(("Attacker", _LEVELS[finding.level]))
    if finding.entry is not None:
        entry = finding.entry
        key = f" {safe(entry.key)!r}" if entry.key is not None else ""
        place = f"{printable(entry.path)}, {safe(entry.qualname)}"
        rows.append(("Way in", f"{place} ({entry.kind}), {entry.channel}{key}"))
    if finding.proposed_by is not None:
        rows.append(("Proposed by", f"the model {safe(finding.proposed_by)}"))
    opinion = opinion_of(finding)
    if opinion is not None:
        rows.append(("A model's opinion", opinion))
    return (*rows, ("Fingerprint", finding.fingerprint))


def _driven(case: Case | None) -> str:
    if case is None or case.witness is None:
        return ""
    entry = case.witness.entry
    watched = safe(case.witness.sink)
    return (
        f"The sandbox drove {safe(entry.qualname)} in {printable(entry.path)} and watched what "
        f"reached {watched}. {_placeholders(case.witness)}"
    )


def _placeholders(witness: Witness) -> str:
    """Say what stands for what in the values, and that none of them does harm."""
    texts = [value.text for one in (*witness.attacks, *witness.controls) for value in one.inputs]
    known = {
        "{canary}": "a word that is new in each run",
        "{base}": "a folder of the sandbox that is gone afterwards",
        "cmprobe": "any ordinary word",
    }
    said = [
        f"{name} stands for {what}"
        for name, what in known.items()
        if any(name in text for text in texts)
    ]
    harmless = "No value does harm: each only leaves a mark."
    return f"{harmless} {'; '.join(said)}." if said else harmless


def _stimuli(case: Case | None) -> tuple[StimulusView, ...]:
    if case is None or case.witness is None:
        return ()
    attacks = [_stimulus("attack", stimulus) for stimulus in case.witness.attacks]
    controls = [_stimulus("legitimate use", stimulus) for stimulus in case.witness.controls]
    return (*attacks, *controls)


def _stimulus(kind: str, stimulus: Stimulus) -> StimulusView:
    inputs = [
        (
            f"{value.channel} {safe(value.key)!r}" if value.key else value.channel.value,
            safe(value.text),
        )
        for value in stimulus.inputs
    ]
    inputs += [("file", safe(file.name)) for file in stimulus.files]
    return StimulusView(kind=kind, name=safe(stimulus.name), inputs=tuple(inputs))


def _patch(patch: Patch | None, sources: Sources) -> PatchView | None:
    if patch is None:
        return None
    files = tuple(
        FileView(
            path=printable(diff.path),
            is_new=diff.is_new,
            added=diff.added,
            removed=diff.removed,
            hunks=diff_rows(diff),
        )
        for diff in file_diffs(patch, sources)
    )
    return PatchView(summary=safe(patch.summary), by=made_by(patch), files=files)


def _gates(case: Case | None) -> tuple[GateView, ...]:
    if case is None or case.verdict is None:
        return ()
    return tuple(_gate(result) for result in case.verdict.gates)


def _gate(result: GateResult) -> GateView:
    outcome, tone = _OUTCOMES[result.outcome]
    return GateView(
        number=int(result.gate),
        title=GATE_TITLES[result.gate],
        outcome=outcome,
        tone=tone,
        reason=safe(result.reason),
        duration=duration(result.duration_ms),
        evidence=tuple(_evidence(item.title, item.text) for item in result.evidence),
    )


def _evidence(title: str, text: str) -> EvidenceView:
    shown = printable_lines(redact(text)).rstrip("\n")
    if len(shown) > MAX_EVIDENCE_CHARACTERS:
        shown = f"{shown[:MAX_EVIDENCE_CHARACTERS]}\n... cut here"
    is_open = shown.count("\n") < MAX_OPEN_EVIDENCE_LINES
    return EvidenceView(title=safe(title), text=shown, is_open=is_open)


def _progress(case: Case | None) -> str:
    if case is None or case.verdict is None:
        return ""
    if isinstance(case.verdict, Proven):
        return f"all {len(case.verdict.gates)} gates"
    stopped = decided_by(case.verdict)
    return "" if stopped is None else f"stopped at gate {int(stopped.gate)}"


def duration(milliseconds: int) -> str:
    """Return ``1.8 s``, ``2 min 5 s``; nothing for nothing."""
    if milliseconds <= 0:
        return ""
    seconds = milliseconds / 1000
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def facts_by_id(facts: Sequence[WeaknessFacts]) -> dict[WeaknessId, WeaknessFacts]:
    """Return facts by the id of their weakness."""
    return {fact.id: fact for fact in facts}
