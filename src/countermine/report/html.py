"""A run as one HTML file: it loads nothing, runs no script, and reads without the program."""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from countermine.core.coverage import CoverageEntry
from countermine.core.findings import Finding
from countermine.core.runs import Run
from countermine.core.spans import TreePath
from countermine.core.verdicts import Proven
from countermine.core.weakness import WeaknessFacts, WeaknessId
from countermine.report.escape import printable
from countermine.report.html_code import Highlighter
from countermine.report.html_view import ItemView, duration, facts_by_id, item_view, stands_of
from countermine.report.models import ExchangeView, sentences, transcript
from countermine.report.sources import Sources
from countermine.report.wording import (
    Standing,
    Tone,
    by_severity,
    by_status,
    counted,
    current_findings,
    left_out,
    looked_at,
    not_looked_at,
    safe,
    state_sentence,
)

MAX_ITEMS = 500
"""Findings on the page, the surest; a browser takes long over more, and nobody reads them."""
MAX_MISSED = 200
"""Files of the coverage table; the JSON and SARIF forms name them all."""
_MEANINGS = {
    "proven": "shown, fixed, and the fix is proven",
    "still exploitable": "the flaw still shows after the patch",
    "regressed": "the patch breaks something",
    "unwitnessed": "the flaw could not be shown, so nothing is said of the patch",
    "inconclusive": "trouble of ours; says nothing about the target",
    "not judged": "there is a patch that was not judged",
    "not begun": "the run was stopped before it came to that",
    "no fix": "nothing was proposed that could be judged",
    "witnessed": "run, and the effect was seen",
    "traced": "a data flow from source to sink",
    "suspected": "a pattern",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A count with its word."""

    count: int
    label: str
    tone: Tone
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Callout:
    """What a reader must know before the rest."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A file that was not wholly looked at."""

    path: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A finding that the user set aside."""

    title: str
    where: str
    reason: str
    place: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything on the page."""

    name: str
    lead: str
    origin_line: str
    """Where it comes from, in a few words."""
    origin: tuple[tuple[str, str], ...]
    tiles: tuple[Tile, ...]
    counts: str
    callouts: tuple[Callout, ...]
    items: tuple[ItemView, ...]
    items_more: int
    judged: bool
    """Whether there are cases, or only findings of a search."""
    asides: tuple[Aside, ...]
    models: tuple[str, ...]
    """What models did, a sentence each; empty where none was asked."""
    exchanges: tuple[ExchangeView, ...]
    """What models were asked and said for the search."""
    looked_at: str
    missed: tuple[Missed, ...]
    missed_more: int
    left_out: str
    commands: tuple[str, ...]
    timings: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    outputs: tuple[str, ...]
    version: str


def render_html(run: Run, facts: Sequence[WeaknessFacts], texts: Mapping[TreePath, bytes]) -> str:
    """Return a run as one self-contained page.

    Args:
        run: What to show; what is ``None`` or empty in it is left out.
        facts: For the titles and advice of the weaknesses.
        texts: At least the files of the findings and patches.
    """
    return _template().render(page=_page(run, facts, Sources(texts)))


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("countermine.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")


def _page(run: Run, facts: Sequence[WeaknessFacts], sources: Sources) -> Page:
    known = facts_by_id(facts)
    highlighter = Highlighter(sources)
    findings = current_findings(run)
    cases = {case.finding.fingerprint: case for case in run.cases}
    items = tuple(
        item_view(run, finding, cases.get(finding.fingerprint), known, highlighter)
        for finding in findings[:MAX_ITEMS]
    )
    standings = [stands_of(run, finding, cases.get(finding.fingerprint)) for finding in findings]
    missed = [entry for entry in run.coverage.entries if not entry.expected]
    return Page(
        name=safe(run.target.name),
        lead=_lead(run, findings),
        origin_line=_origin_line(run),
        origin=_origin(run),
        tiles=_tiles(standings),
        counts=f"{by_severity(findings)}; {by_status(findings)}" if findings else "",
        callouts=_callouts(run),
        items=items,
        items_more=len(findings) - len(items),
        judged=bool(run.cases),
        asides=_asides(run, known, sources),
        models=() if run.models is None else tuple(map(safe, sentences(run.models))),
        exchanges=transcript(run.models, None),
        looked_at=looked_at(run.coverage),
        missed=tuple(_missed(entry) for entry in missed[:MAX_MISSED]),
        missed_more=max(0, len(missed) - MAX_MISSED),
        left_out=left_out(run.coverage) or "",
        commands=(f"countermine run {shlex.quote(printable(run.target.spec))}",),
        timings=tuple((safe(t.stage), duration(t.duration_ms)) for t in run.timings),
        notes=tuple(safe(note) for note in run.notes),
        outputs=tuple(safe(output) for output in run.outputs),
        version=run.version,
    )


def _lead(run: Run, findings: Sequence[Finding]) -> str:
    where = looked_at(run.coverage)
    if not findings:
        return f"No findings in {where}."
    found = f"{counted(len(findings), 'finding')} in {where}."
    if not run.cases:
        return found
    proven = sum(isinstance(case.verdict, Proven) for case in run.cases)
    if proven == 0:
        return f"{found} No fix is proven."
    return f"{found} {counted(proven, 'fix', 'fixes')} proven."


def _origin_line(run: Run) -> str:
    parts = [safe(run.target.spec)]
    if run.target.revision is not None:
        parts.append(safe(run.target.revision[:12]))
    if run.started is not None:
        parts.append(run.started.partition("T")[0])
    return " · ".join([*parts, f"Countermine {run.version}"])


def _origin(run: Run) -> tuple[tuple[str, str], ...]:
    target = run.target
    rows = [("Target", f"{safe(target.spec)} ({target.kind})")]
    if target.revision is not None:
        rows.append(("Revision", safe(target.revision)))
    if target.released is not None:
        rows.append(("Of", safe(target.released)))
    rows.append(("Tree", target.digest))
    if run.sandbox is not None:
        isolation = "" if run.isolated else ", which does not isolate"
        rows.append(("Sandbox", f"{safe(run.sandbox)}{isolation}"))
    if run.started is not None:
        rows.append(("Begun", run.started.replace("T", " ").replace("Z", " UTC")))
        rows.append(("Run", safe(run.id)))
    return (*rows, ("Program", f"Countermine {run.version}"))


def _tiles(standings: Sequence[Standing]) -> tuple[Tile, ...]:
    counts = Counter(stands.label for stands in standings)
    tones = {stands.label: stands.tone for stands in standings}
    return tuple(
        Tile(count=counts[label], label=label, tone=tones[label], meaning=meaning)
        for label, meaning in _MEANINGS.items()
        if label in counts
    )


def _callouts(run: Run) -> tuple[Callout, ...]:
    out: list[Callout] = []
    unfinished = state_sentence(run.state)
    if unfinished is not None:
        out.append(Callout(title="Not finished", text=unfinished))
    if run.sandbox is not None and not run.isolated:
        text = f"{safe(run.sandbox)} does not isolate: every verdict is weaker for it."
        out.append(Callout(title="Run without isolation", text=text))
    missed = not_looked_at(run.coverage)
    if missed is not None:
        out.append(Callout(title="Not everything was looked at", text=missed))
    untested = [
        case
        for case in run.cases
        if isinstance(case.verdict, Proven) and not case.verdict.tests_ran
    ]
    if untested:
        text = (
            f"{counted(len(untested), 'fix', 'fixes')} proven without a test of the target's own."
        )
        out.append(Callout(title="No tests ran", text=text))
    return tuple(out)


def _asides(
    run: Run, known: Mapping[WeaknessId, WeaknessFacts], sources: Sources
) -> tuple[Aside, ...]:
    out: list[Aside] = []
    for item in run.suppressed:
        fact = known.get(item.finding.weakness)
        out.append(
            Aside(
                title=safe(item.finding.weakness) if fact is None else fact.title,
                where=sources.where(item.finding.location),
                reason=safe(item.reason),
                place=safe(item.place),
                expires=safe(item.expires or ""),
            )
        )
    return tuple(out)


def _missed(entry: CoverageEntry) -> Missed:
    path = "the whole" if entry.path is None else printable(entry.path)
    return Missed(path=path, outcome=entry.outcome.value, reason=safe(entry.reason))
