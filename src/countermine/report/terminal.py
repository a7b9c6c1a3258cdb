"""A run on the terminal: the list of findings, and a summary that fits on one screen."""

import shlex
from collections.abc import Mapping, Sequence

from countermine.core.cases import Case
from countermine.core.findings import Finding
from countermine.core.runs import Run, RunState
from countermine.core.spans import TreePath
from countermine.core.verdicts import Proven
from countermine.report.escape import printable
from countermine.report.models import sentences
from countermine.report.sources import Sources
from countermine.report.styled import (
    SEVERITY_STYLE,
    TONE_STYLE,
    Line,
    Piece,
    fitted,
    wrapped,
)
from countermine.report.trace_lines import trace_lines
from countermine.report.wording import (
    NOT_BEGUN,
    by_severity,
    by_status,
    counted,
    current_findings,
    left_out,
    looked_at,
    not_begun,
    not_looked_at,
    of_model,
    safe,
    standing,
    state_sentence,
)

WIDTH = 80
HEIGHT = 24
MIN_ROWS = 2
"""Cases that are shown of each kind, however low the screen is."""
MOST_NOTES = 2
_BLANK: Line = ()


def render_findings(
    run: Run,
    texts: Mapping[TreePath, bytes],
    *,
    verbose: bool = False,
    width: int = WIDTH,
    room: int | None = None,
) -> tuple[Line, ...]:
    """Return the findings, surest first: place, severity, weakness, and one sentence each.

    Several of one weakness at one place, such as both paths of a move, or statements that several
    functions hand to one helper, are told where the surest of them stands.

    Args:
        run: What to show.
        texts: At least the files of the findings.
        verbose: Shows each by itself, with its trace and code.
        width: Of the terminal, in characters.
        room: Where lines of code are cut, where that is not at ``width``.
    """
    sources = Sources(texts)
    lines: list[Line] = []
    findings = current_findings(run)
    if verbose:
        for finding in findings:
            lines += _finding(finding, sources, width)
            lines += trace_lines(finding, sources, room or width)
            lines.append(_BLANK)
        return tuple(lines)
    for same in _by_place(findings):
        lines += _finding(same[0], sources, width)
        if len(same) > 1:
            more = f"and {len(same) - 1} more at this place (-v shows each)"
            lines += wrapped(more, width, indent="    ", style="dim")
    return tuple(lines)


def _by_place(findings: Sequence[Finding]) -> Sequence[Sequence[Finding]]:
    """Return findings of one weakness at one place together, where the first of them stands."""
    places: dict[tuple[str, int, int, str], list[Finding]] = {}
    for one in findings:
        where = one.location
        key = (where.path, where.start_byte, where.end_byte, one.weakness)
        places.setdefault(key, []).append(one)
    return tuple(places.values())


def render_summary(
    run: Run,
    *,
    next_steps: Sequence[str] | None = None,
    width: int = WIDTH,
    height: int = HEIGHT,
    verbose: bool = False,
) -> tuple[Line, ...]:
    """Return what came of a run, in fewer lines than ``height`` where that can be.

    Args:
        run: What to show.
        next_steps: Commands to type next; those that fit the run where it is ``None``.
        width: Of the terminal, in characters.
        height: Of the terminal, in lines.
        verbose: Adds the notes for which there is no room otherwise.
    """
    steps = suggested_steps(run) if next_steps is None else next_steps
    head, foot = _head(run, width), _foot(run, steps, width, verbose=verbose)
    room = height - 1 - len(head) - len(foot)
    return (*head, *_cases(run, width, room), *foot)


def suggested_steps(run: Run) -> tuple[str, ...]:
    """Return the commands that make sense after this run, the most useful first."""
    if run.state is not RunState.FINISHED:
        return (f"countermine resume {shlex.quote(run.id)}",)
    if not run.cases:
        return (f"countermine run {shlex.quote(run.target.spec)}",) if run.findings else ()
    open_case = next((case for case in run.cases if not isinstance(case.verdict, Proven)), None)
    return (f"countermine explain {(open_case or run.cases[0]).id}",)


def _finding(finding: Finding, sources: Sources, width: int) -> list[Line]:
    head = (
        Piece(sources.where(finding.location), "bold"),
        Piece("  "),
        Piece(finding.severity.value, SEVERITY_STYLE[finding.severity]),
        Piece(f" {safe(finding.weakness)}"),
        Piece(f"  [{', '.join(_standing_words(finding))}]", "dim"),
    )
    return [head, *wrapped(safe(finding.message), width, indent="    ")]


def _standing_words(finding: Finding) -> list[str]:
    proposer = of_model(finding)
    words = [finding.status.value, f"confidence {finding.confidence}"]
    return words if proposer is None else [*words, proposer]


def _head(run: Run, width: int) -> list[Line]:
    lines: list[Line] = []
    unfinished = state_sentence(run.state)
    if unfinished is not None:
        lines += wrapped(unfinished, width, style="bold yellow")
    findings = current_findings(run)
    name = safe(run.target.name)
    if not findings:
        lines.append(_titled(name, f"no findings in {looked_at(run.coverage)}", width))
        return lines
    places = len(_by_place(findings))
    at_places = f" at {counted(places, 'place')}" if places < len(findings) else ""
    found = f"{counted(len(findings), 'finding')}{at_places} in {looked_at(run.coverage)}"
    lines.append(_titled(name, found, width))
    lines.append(fitted([Piece(f"  {by_severity(findings)}; {by_status(findings)}")], width))
    return lines


def _titled(name: str, text: str, width: int) -> Line:
    shown = name if len(name) <= width // 2 else name[: width // 2 - 3] + "..."
    return fitted([Piece(shown, "bold"), Piece(f": {text}")], width)


def _cases(run: Run, width: int, room: int) -> list[Line]:
    """Return proven and other cases in at most ``room`` lines, or a little more."""
    proven = [case for case in run.cases if isinstance(case.verdict, Proven)]
    waiting = [case for case in run.cases if not_begun(case)]
    room -= 2 if waiting else 0
    others = [
        case for case in run.cases if not isinstance(case.verdict, Proven) and case not in waiting
    ]
    kinds = [kind for kind in (proven, others) if kind]
    rows = max(MIN_ROWS * len(kinds), room - 2 * len(kinds))
    spacious = len(proven) + 2 * len(others) <= rows
    rows_for_others = min(len(others), max(rows - len(proven), rows // 2)) if proven else rows
    lines: list[Line] = []
    if proven:
        title = f"{counted(len(proven), 'fix', 'fixes')} proven"
        lines += [_BLANK, (Piece(title, "bold green"),)]
        lines += _rows(run, proven, rows - rows_for_others, width)
    if others:
        lines += [_BLANK, (Piece(f"{len(others)} not proven", "bold"),)]
        if spacious:
            for case in others:
                lines += _two_lines(run, case, width)
        else:
            lines += _rows(run, others, rows_for_others, width)
    if waiting:
        ids = Piece(f": {', '.join(printable(case.id) for case in waiting)}")
        lines += [_BLANK, fitted([Piece(f"{len(waiting)} {NOT_BEGUN}", "bold"), ids], width)]
    return lines


def _two_lines(run: Run, case: Case, width: int) -> tuple[Line, Line]:
    stands = standing(case, isolated=run.isolated)
    label = Piece(stands.label, TONE_STYLE[stands.tone])
    return (
        fitted([Piece(f"  {printable(case.id)}: "), label], width),
        fitted([Piece(f"      {stands.sentence}")], width),
    )


def _rows(run: Run, cases: Sequence[Case], room: int, width: int) -> list[Line]:
    shown = cases if len(cases) <= room else cases[: max(1, room - 1)]
    label_width = max(len(standing(case, isolated=run.isolated).label) for case in shown)
    id_width = max(len(case.id) for case in shown)
    lines = [_row(run, case, id_width, label_width, width) for case in shown]
    if len(shown) < len(cases):
        lines.append((Piece(f"  ... and {len(cases) - len(shown)} more", "dim"),))
    return lines


def _row(run: Run, case: Case, id_width: int, label_width: int, width: int) -> Line:
    stands = standing(case, isolated=run.isolated)
    if isinstance(case.verdict, Proven):
        why = case.patch.summary if case.patch is not None else stands.sentence
        caveats = [] if case.verdict.tests_ran else ["no tests ran"]
        caveats += [] if run.isolated else ["not isolated"]
        proposer = of_model(case.finding)
        caveats += [] if proposer is None else [proposer]
        caveat = f" ({', '.join(caveats)})" if caveats else ""
        head = [Piece(f"  {printable(case.id):{id_width}}  "), Piece(safe(why))]
        return (*fitted(head, width - len(caveat)), Piece(caveat, "yellow"))
    pieces = [
        Piece(f"  {printable(case.id):{id_width}}  "),
        Piece(f"{stands.label:{label_width}}", TONE_STYLE[stands.tone]),
        Piece(f"  {stands.sentence}"),
    ]
    return fitted(pieces, width)


def _set_aside(run: Run) -> list[Line]:
    lines: list[Line] = []
    before = sum(item.place.startswith("--baseline") for item in run.suppressed)
    if before:
        lines.append((Piece(f"{counted(before, 'finding')} known before"),))
    if before < len(run.suppressed):
        number = counted(len(run.suppressed) - before, "finding")
        lines.append((Piece(f"{number} set aside by you"),))
    return lines


def _foot(run: Run, steps: Sequence[str], width: int, *, verbose: bool) -> list[Line]:
    lines: list[Line] = [_BLANK]
    lines += _set_aside(run)
    missed = not_looked_at(run.coverage)
    if missed is not None:
        lines.append(fitted([Piece(missed, "yellow")], width))
    aside = left_out(run.coverage)
    if aside is not None:
        lines.append(fitted([Piece(aside, "dim")], width))
    if run.sandbox is not None and not run.isolated:
        text = f"Sandbox {safe(run.sandbox)} does not isolate: verdicts are weaker for it."
        lines.append(fitted([Piece(text, "bold red")], width))
    for said in () if run.models is None else sentences(run.models):
        lines += wrapped(safe(said), width)
    # A search says little beside its findings, so that there is room.
    most = len(run.notes) if verbose or not run.cases else MOST_NOTES
    for note in run.notes[:most]:
        lines += wrapped(f"Note: {safe(note)}", width)
    more = len(run.notes) - most
    if more > 0:
        text = f"... and {counted(more, 'more note')} (--verbose shows all)"
        lines.append(fitted([Piece(text, "dim")], width))
    # Names of files and commands are there to be used: a terminal wraps them, nothing cuts them.
    if run.outputs:
        written = "  ".join(safe(output) for output in run.outputs)
        lines.append((Piece("Written: ", "bold"), Piece(written)))
    lines += [(Piece("Next:    ", "bold"), Piece(printable(step))) for step in steps[:2]]
    return lines if len(lines) > 1 else []
