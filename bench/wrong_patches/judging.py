"""The ladder, asked for one patch after another of the same flaw.

Each step is what ``countermine prove CASE --target TREE --patch FILE`` does; what the patches of
one flaw share (search, environment, baseline, witness) is done once.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from candidates import Candidate, Flaw

from countermine.cli.given import read_given
from countermine.cli.options import Outputs, Proving, Wishes
from countermine.cli.requests import Aims, request_for
from countermine.cli.running import means_for, new_run_id
from countermine.cli.searching import plan
from countermine.cli.surroundings import SystemClock, state_folder
from countermine.core.environment import BuiltEnvironment
from countermine.core.errors import BadUsageError, CountermineError
from countermine.core.findings import Finding
from countermine.core.targets import Target
from countermine.core.verdicts import Verdict
from countermine.loop.engines import PatchedCase
from countermine.loop.records import Opened, WitnessRecord
from countermine.loop.stages import Stages
from countermine.prove.records import Baseline, NotWitnessed, Witnessed


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the patches of one flaw share."""

    stages: Stages
    target: Target
    environment: BuiltEnvironment
    baseline: Baseline
    finding: Finding
    record: WitnessRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the ladder said of a patch."""

    verdict: str
    gate: str
    """The gate that stopped it; empty where none did."""
    reason: str


def bench_for(flaw: Flaw, scratch: Path) -> Bench | str:
    """Open a flaw's tree and show the flaw; else say why there is nothing to judge."""
    clock = SystemClock()
    planned = plan(flaw.tree, Wishes(config=None))
    aims = Aims(proving=Proving(python=None), prove=True)
    request = request_for(planned, aims, Outputs(), run=new_run_id(clock), started=clock.now_iso())
    finding_only = Stages(means_for(request, state_folder()), request)
    opened = finding_only.open(request)
    if not isinstance(opened, Opened):
        return f"not opened: {opened}"
    found = finding_only.find(request, opened).findings
    mine = [one for one in found if _is(one, flaw)]
    if not mine:
        return "not found"
    stages = Stages(means_for(request, scratch), request)
    prepared = stages.prepare(request, opened.target)
    ground = stages.baseline(opened.target, prepared.environment)
    record = stages.witness(opened.target, prepared.environment, mine[0], ground)
    return Bench(
        stages=stages,
        target=opened.target,
        environment=prepared.environment,
        baseline=ground,
        finding=mine[0],
        record=record,
    )


def _is(finding: Finding, flaw: Flaw) -> bool:
    return (
        finding.weakness == flaw.weakness
        and finding.location.path == flaw.file
        and finding.function == flaw.function
    )


def judge(bench: Bench, candidate: Candidate) -> Said:
    """Judge a patch as the command line does."""
    witness, witnessed = bench.record.witness, bench.record.witnessing
    if witness is None or not isinstance(witnessed, Witnessed):
        stopped = witnessed.verdict if isinstance(witnessed, NotWitnessed) else None
        return said(stopped) if stopped else _no_case(bench.record.no_witness or "no witness")
    with TemporaryDirectory(prefix="patch-") as folder:
        file = Path(folder, "given.diff")
        file.write_text(candidate.diff, encoding="utf-8")
        try:
            given = read_given(file, None, Path(bench.target.root), bench.finding)
        except BadUsageError as error:
            return Said(verdict="not-applied", gate="diff", reason=str(error))
    if given.patch is None:
        return Said(verdict="not-applied", gate="diff", reason="nothing in it")
    try:
        judged = bench.stages.judge(
            PatchedCase(
                target=bench.target,
                environment=bench.environment,
                baseline=bench.baseline,
                finding=bench.finding,
                witness=witness,
                witnessed=witnessed,
                patch=given.patch,
            )
        )
    except CountermineError as error:
        return Said(verdict="error", gate="", reason=str(error))
    return said(judged.verdict)


def said(verdict: Verdict) -> Said:
    """Say a verdict in a few words."""
    gates = verdict.gates
    kind = verdict.kind
    stopped = gates[-1] if gates and kind != "proven" else None
    reason = getattr(verdict, "reason", "") or (stopped.reason if stopped else "")
    return Said(verdict=str(kind), gate=stopped.gate.name.lower() if stopped else "", reason=reason)


def _no_case(reason: str) -> Said:
    return Said(verdict="unwitnessed", gate="red", reason=reason)
