"""Long answers: what a weakness is, and what became of one case."""

from collections.abc import Mapping

from countermine.core.cases import Case
from countermine.core.findings import Finding
from countermine.core.patches import Patch
from countermine.core.runs import Run
from countermine.core.spans import TreePath
from countermine.core.verdicts import GateOutcome, GateResult
from countermine.core.weakness import WeaknessFacts
from countermine.core.witnesses import Stimulus, Witness
from countermine.report.cwe import cwe_name, cwe_url
from countermine.report.diffs import Change, file_diffs
from countermine.report.escape import printable, printable_lines
from countermine.report.redact import redact
from countermine.report.sources import Sources
from countermine.report.styled import SEVERITY_STYLE, TONE_STYLE, Line, Piece, wrapped
from countermine.report.terminal import WIDTH
from countermine.report.trace_lines import trace_lines
from countermine.report.wording import (
    GATE_TITLES,
    STATUS_MEANING,
    made_by,
    of_model,
    opinion_of,
    safe,
    standing,
)

MAX_EVIDENCE_LINES = 30
_BLANK: Line = ()
_OUTCOME_STYLE = {
    GateOutcome.PASSED: "green",
    GateOutcome.FAILED: "bold red",
    GateOutcome.INCONCLUSIVE: "yellow",
    GateOutcome.NOT_APPLICABLE: "dim",
}
_CHANGE_STYLE = {Change.SAME: "", Change.ADDED: "green", Change.REMOVED: "red"}


def explain_weakness(facts: WeaknessFacts, *, width: int = WIDTH) -> tuple[Line, ...]:
    """Return what a weakness is, what it is good for, and what to do about it."""
    return (
        (Piece(facts.title, "bold"), Piece(f"  ({facts.id}, CWE-{facts.cwe})", "dim")),
        _BLANK,
        *wrapped(facts.summary, width),
        _BLANK,
        *_paragraph("An attacker can", f"{facts.consequence}.", width),
        _BLANK,
        *_paragraph("What to do:", facts.advice, width),
        _BLANK,
        (
            Piece("Severity: "),
            Piece(facts.severity.value, SEVERITY_STYLE[facts.severity]),
            Piece(" when the value comes from a request; nearer sources lower it"),
        ),
        *wrapped(f"CWE-{facts.cwe}: {cwe_name(facts.cwe)}", width),
        (Piece(cwe_url(facts.cwe), "dim"),),
    )


def explain_case(
    run: Run,
    case: Case,
    texts: Mapping[TreePath, bytes],
    *,
    width: int = WIDTH,
    room: int | None = None,
) -> tuple[Line, ...]:
    """Return all that is known of a case: claim, trace with code, witness, patch and gates.

    Args:
        run: The run that the case belongs to.
        case: What to explain.
        texts: At least the files of the finding and of the patch.
        width: Of the terminal, in characters.
        room: Where lines of code are cut, where that is not at ``width``.
    """
    sources = Sources(texts)
    return (
        *_claim(run, case, sources, width),
        *_titled("Trace", trace_lines(case.finding, sources, room or width, context=2)),
        *_titled("Witness", _witness(case, width)),
        *_titled("Patch", _patch(case, sources, width)),
        *_titled("Gates", _gates(case, width)),
    )


def explain_in_words(words: str, model: str, *, width: int = WIDTH) -> tuple[Line, ...]:
    """Return what a model says of a case, each line marked so that none passes for ours."""
    lines: list[Line] = [
        _BLANK,
        (
            Piece(f"In the words of the model {safe(model)}", "bold"),
            Piece(" (nobody checked them)"),
        ),
    ]
    for paragraph in printable_lines(redact(words)).split("\n"):
        lines += wrapped(paragraph, width, indent=_MARGIN) if paragraph.strip() else [_BAR]
    return tuple(lines)


_MARGIN = "    | "
_BAR: Line = (Piece(_MARGIN.rstrip(), "dim"),)


def _titled(title: str, lines: list[Line]) -> list[Line]:
    return [_BLANK, (Piece(title, "bold"),), *lines] if lines else []


def _paragraph(lead: str, text: str, width: int) -> list[Line]:
    lines = wrapped(f"{lead} {text}", width)
    first = lines[0][0].text
    return [(Piece(lead, "bold"), Piece(first.removeprefix(lead))), *lines[1:]]


def _claim(run: Run, case: Case, sources: Sources, width: int) -> list[Line]:
    finding = case.finding
    stands = standing(case, isolated=run.isolated)
    return [
        (
            Piece(printable(case.id), "bold"),
            Piece("  "),
            Piece(stands.label, TONE_STYLE[stands.tone]),
        ),
        *wrapped(stands.sentence, width, indent="    "),
        _BLANK,
        *wrapped(safe(finding.message), width),
        (
            Piece(f"{sources.where(finding.location)} in {safe(finding.function)}  "),
            Piece(finding.severity.value, SEVERITY_STYLE[finding.severity]),
            Piece(f", confidence {finding.confidence}"),
        ),
        (Piece(f"{finding.status}: {STATUS_MEANING[finding.status]}", "dim"),),
        *_of_models(finding, width),
    ]


def _of_models(finding: Finding, width: int) -> list[Line]:
    proposer, opinion = of_model(finding), opinion_of(finding)
    said = ([f"P{proposer[1:]}."] if proposer else []) + ([opinion] if opinion else [])
    return [line for sentence in said for line in wrapped(sentence, width)]


def _witness(case: Case, width: int) -> list[Line]:
    if case.witness is None:
        return wrapped(safe(case.no_witness), width, "    ") if case.no_witness else []
    witness = case.witness
    where = f"{printable(witness.entry.path)}, {safe(witness.entry.qualname)}"
    lines = wrapped(f"drives {where} ({witness.entry.kind}){_written(witness)}", width, "    ")
    lines += [_stimulus("attack", stimulus) for stimulus in witness.attacks]
    lines += [_stimulus("control", stimulus) for stimulus in witness.controls]
    return lines + _script(witness)


def _written(witness: Witness) -> str:
    by = witness.proposed_by
    return "" if by is None else f"; driver or further attacks were written by {safe(by)}"


def _script(witness: Witness) -> list[Line]:
    lines: list[Line] = []
    for title, source in (("script", witness.script), ("driver", witness.driver)):
        if source is not None:
            shown = printable_lines(redact(source)).split("\n")
            lines += [(Piece(f"    {title}:", "dim"),)]
            lines += [(Piece(f"      {line}"),) for line in shown]
    return lines


def _stimulus(kind: str, stimulus: Stimulus) -> Line:
    values = ", ".join(
        f"{value.channel}{f' {value.key}' if value.key else ''} = {value.text}"
        for value in stimulus.inputs
    )
    files = f" with {', '.join(file.name for file in stimulus.files)}" if stimulus.files else ""
    return (Piece(f"    {kind:8}", "dim"), Piece(f"{safe(stimulus.name)}: {safe(values + files)}"))


def _patch(case: Case, sources: Sources, width: int) -> list[Line]:
    if case.patch is None:
        return wrapped(safe(case.no_patch), width, "    ") if case.no_patch else []
    lines = _one_patch(case.patch, sources, width)
    if case.regression_test is not None:
        lines += [_BLANK, *_one_patch(case.regression_test, sources, width)]
    return lines


def _one_patch(patch: Patch, sources: Sources, width: int) -> list[Line]:
    lines = wrapped(f"{safe(patch.summary)} ({made_by(patch)})", width, "    ")
    for diff in file_diffs(patch, sources):
        new = " (new)" if diff.is_new else ""
        lines.append((Piece(f"    {printable(diff.path)}{new}", "bold"),))
        for hunk in diff.hunks:
            lines += [
                (Piece(f"    {line.change}{line.text}", _CHANGE_STYLE[line.change]),)
                for line in hunk
            ]
    return lines


def _gates(case: Case, width: int) -> list[Line]:
    if case.verdict is None:
        return []
    lines: list[Line] = []
    for result in case.verdict.gates:
        lines += _gate(result, width)
    return lines


def _gate(result: GateResult, width: int) -> list[Line]:
    lines: list[Line] = [
        (
            Piece(f"    {result.gate:>2} "),
            Piece(f"{result.outcome.value:14}", _OUTCOME_STYLE[result.outcome]),
            Piece(f" {GATE_TITLES[result.gate]}"),
            Piece(f"  {result.duration_ms / 1000:.1f} s" if result.duration_ms else "", "dim"),
        ),
        *wrapped(safe(result.reason), width, " " * 22),
    ]
    for item in result.evidence:
        lines.append((Piece(f"{' ' * 22}{safe(item.title)}:", "dim"),))
        shown = printable_lines(redact(item.text)).split("\n")
        lines += [(Piece(f"{' ' * 24}{line}"),) for line in shown[:MAX_EVIDENCE_LINES]]
        if len(shown) > MAX_EVIDENCE_LINES:
            more = len(shown) - MAX_EVIDENCE_LINES
            lines.append((Piece(f"{' ' * 24}... and {more} more lines", "dim"),))
    return lines
