"""A run as a short piece of Markdown, for a pull request or the summary of a CI job."""

import re
from collections.abc import Mapping, Sequence

from countermine.core.findings import Finding
from countermine.core.runs import Run
from countermine.core.spans import TreePath
from countermine.core.verdicts import Proven
from countermine.core.weakness import WeaknessFacts
from countermine.report.models import sentences
from countermine.report.sources import Sources
from countermine.report.wording import (
    Standing,
    by_severity,
    by_status,
    counted,
    current_findings,
    left_out,
    looked_at,
    not_looked_at,
    safe,
    standing,
    state_sentence,
)

MAX_ROWS = 50
"""Of the table: GitHub cuts a step's summary at a megabyte, and nobody reads more rows."""
_SYNTAX = re.compile(r"[\\`*_\[\]<>|&~$]|:(?=//)|(?<=www)\.|^[+\-=]")
_SUMMONS = re.compile(r"[@#]")


def render_markdown(
    run: Run, facts: Sequence[WeaknessFacts], texts: Mapping[TreePath, bytes]
) -> str:
    """Return what came of a run: counts, a table of the findings, and what was not looked at.

    Args:
        run: What to show.
        facts: For the titles of the weaknesses.
        texts: At least the files of the findings.
    """
    findings = current_findings(run)
    blocks = [f"## Countermine: {as_text(run.target.name)}", _headline(run, findings)]
    unfinished = state_sentence(run.state)
    if unfinished is not None:
        blocks.insert(1, f"**{unfinished}**")
    if findings:
        blocks.append(_table(run, findings, facts, Sources(texts)))
    blocks += [f"> {as_text(said)}" for said in _caveats(run)]
    return "\n\n".join(blocks) + "\n"


def as_text(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no links, nobody called by name."""
    shown = _SYNTAX.sub(lambda found: f"&#{ord(found[0])};", safe(text))
    # GitHub looks for @name and #12 after it has resolved entities; a comment keeps them apart.
    return _SUMMONS.sub(lambda found: f"{found[0]}<!-- -->", shown.replace("&#", "\0")).replace(
        "\0", "&#"
    )


def _headline(run: Run, findings: Sequence[Finding]) -> str:
    where = looked_at(run.coverage)
    if not findings:
        return f"No findings in {where}."
    said = f"**{counted(len(findings), 'finding')}** in {where}: {by_severity(findings)}; "
    said += f"{by_status(findings)}."
    if run.cases:
        proven = sum(isinstance(case.verdict, Proven) for case in run.cases)
        said += f" **{counted(proven, 'fix', 'fixes')} proven**, {len(run.cases) - proven} not."
    return said


def _table(
    run: Run, findings: Sequence[Finding], facts: Sequence[WeaknessFacts], sources: Sources
) -> str:
    titles = {fact.id: fact.title for fact in facts}
    stands = {case.finding.fingerprint: standing(case, isolated=run.isolated) for case in run.cases}
    lines = [
        "| where it stands | weakness | place | severity | why |",
        "| --- | --- | --- | --- | --- |",
    ]
    for finding in findings[:MAX_ROWS]:
        stand = stands.get(finding.fingerprint)
        title = titles.get(finding.weakness, finding.weakness)
        cells = (
            _label(finding, stand),
            as_text(title),
            as_text(sources.where(finding.location)),
            finding.severity.value,
            as_text(finding.message if stand is None else stand.sentence),
        )
        lines.append(f"| {' | '.join(cells)} |")
    if len(findings) > MAX_ROWS:
        lines.append(f"| | ... and {len(findings) - MAX_ROWS} more | | | |")
    return "\n".join(lines)


def _label(finding: Finding, stand: Standing | None) -> str:
    return finding.status.value if stand is None else f"**{stand.label}**"


def _caveats(run: Run) -> list[str]:
    said = [not_looked_at(run.coverage), left_out(run.coverage), *run.notes]
    if run.suppressed:
        said.append(f"{counted(len(run.suppressed), 'finding')} set aside by the project.")
    if run.sandbox is not None and not run.isolated:
        said.append(f"Sandbox {run.sandbox} does not isolate: verdicts are weaker for it.")
    if run.models is not None:
        said += sentences(run.models)
    return [sentence for sentence in said if sentence]
