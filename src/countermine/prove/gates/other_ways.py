"""Gate 6, on: what shows the flaw by another way in must not show it on the patched tree either.

A patch may hold the value of one parameter to another that comes from the same request, or stand
in one of two functions that lead to the sink. The search knows the ways in; each is driven first
without the patch, and with it what shows the flaw there.
See docs/decisions/0047-every-way-in.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from countermine.core.entrypoints import EntryPoint
from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.core.witnesses import Shown, Unclear, Witness, WitnessKind
from countermine.prove.evidence import clean
from countermine.prove.gates.green import still_shown
from countermine.prove.judging import attack
from countermine.prove.steps import Passed, Step, Unsettled
from countermine.prove.trees import read_texts
from countermine.prove.trial import Trial


def by_other_ways(trial: Trial, before: Passed) -> Step:
    """Return what the other ways in say of a patch that ends the attacks of the best one.

    A way on which nothing shows the flaw without the patch says nothing of the patch.
    """
    if trial.claim.witness.kind is WitnessKind.STRUCTURAL:
        return before
    closed: list[str] = []
    for witness in other_witnesses(trial):
        claim = replace(trial.claim, witness=witness)
        driven = attack(trial.setting, claim, trial.original, witness.attacks)
        showing = [one.stimulus for one in driven if isinstance(one.effect, Shown)]
        if not showing:
            continue
        way = told(witness.entry)
        for one in attack(trial.setting, claim, trial.patched, showing):
            name = one.stimulus.name
            if isinstance(one.effect, Shown):
                return still_shown(one, f"on the patched tree, by {way}")
            if isinstance(one.effect, Unclear):
                why = clean(one.effect.reason)
                reason = f"{name} by {way} cannot be judged on the patched tree: {why}"
                return Unsettled(reason=reason)
        closed.append(way)
    if not closed:
        return before
    return replace(before, reason=f"{before.reason}; nor do those by {', '.join(closed)}")


def other_witnesses(trial: Trial) -> Iterator[Witness]:
    """Yield a witness for each way in that the attacks so far did not take."""
    maker, finding = trial.claim.weakness.witness, trial.claim.finding
    if maker is None or finding.entry is None:
        return
    taken = {trial.claim.witness.entry}
    ways = [finding, *(_by(finding, at) for at in range(len(finding.alternatives)))]
    for way in ways:
        if way.entry is None or way.entry in taken:
            continue
        taken.add(way.entry)
        made = maker.make(way, _texts(trial, way))
        if isinstance(made, Witness):
            yield made


def _by(finding: Finding, at: int) -> Finding:
    way = finding.alternatives[at]
    return replace(finding, entry=way.entry, trace=way.trace, alternatives=())


def _texts(trial: Trial, finding: Finding) -> Mapping[TreePath, bytes]:
    paths = {finding.location.path, *(step.span.path for step in finding.trace)}
    return read_texts(trial.original, tuple(sorted(paths)))


def told(entry: EntryPoint) -> str:
    """Return what a way in is called in a sentence."""
    key = f" {entry.key}" if entry.key else ""
    return f"the {entry.channel.value}{key} of {entry.qualname}"
