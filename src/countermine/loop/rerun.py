"""Makes a proof again: what to ask for it, and what came out differently."""

from collections.abc import Iterator

from countermine.core.cases import Case
from countermine.loop.proofs import Proof, ProofGround, ProofTerms, ProofTool
from countermine.loop.records import RunRequest
from countermine.target.installed import Package

MOST_NAMED = 5
"""Packages that a comparison names; further ones are counted."""


def rerun_request(
    proof: Proof, terms: ProofTerms, *, target: str, python: str | None, started: str
) -> RunRequest:
    """Return what a run has to be asked to make a proof again.

    Args:
        proof: What is made again.
        terms: Those of the proof, or none, where whoever wrote them may have no say.
        target: Where the tree is.
        python: The interpreter to use; ``None`` to choose as ever.
        started: UTC, ISO 8601.
    """
    return RunRequest(
        run="prove",
        version=proof.tool.version,
        target=target,
        started=started,
        levels=terms.levels,
        include_tests=terms.include_tests,
        paths=terms.paths,
        exclude=terms.exclude,
        rules_origin="the bundle: catalogue" if terms.catalogue else "",
        catalogue=terms.catalogue,
        learnt=terms.learnt,
        python=python,
        install=terms.install,
        test=terms.test,
        cache=False,
    )


def compared(proof: Proof, case: Case, ground: ProofGround, tool: ProofTool) -> tuple[str, ...]:
    """Return what came out differently here, and what it may come from; empty where nothing did.

    Args:
        proof: What was said elsewhere.
        case: The same case as it was judged here.
        ground: What it ran on here.
        tool: What judged it here.
    """
    differences = [*_outcomes(proof, case)]
    if proof.witness != case.witness:
        differences.append("another witness was driven")
    if proof.regression_test != case.regression_test:
        differences.append("another regression test was written")
    if proof.ground.python != ground.python:
        differences.append(
            f"it ran on Python {_dotted(proof.ground.python)} there, "
            f"on {_dotted(ground.python)} here"
        )
    differences += _packages("package", proof.ground.packages, ground.packages)
    if (proof.ground.sandbox, proof.ground.isolated) != (ground.sandbox, ground.isolated):
        differences.append(
            f"the sandbox was {proof.ground.sandbox} there, is {ground.sandbox} here"
        )
    if proof.tool.digest != tool.digest:
        differences.append(
            f"another program judged it: {proof.tool.version} ({proof.tool.digest[:12]}) there, "
            f"{tool.version} ({tool.digest[:12]}) here"
        )
    differences += _packages("library", proof.tool.libraries, tool.libraries)
    return tuple(differences)


def _outcomes(proof: Proof, case: Case) -> Iterator[str]:
    if case.verdict is None:
        yield f"the verdict was {proof.verdict.kind} there, there is none here"
        return
    if proof.verdict.kind != case.verdict.kind:
        yield f"the verdict was {proof.verdict.kind} there, is {case.verdict.kind} here"
    there = {one.gate: one.outcome for one in proof.verdict.gates}
    here = {one.gate: one.outcome for one in case.verdict.gates}
    for gate in sorted({*there, *here}):
        before, now = there.get(gate), here.get(gate)
        if before is not now:
            name = gate.name.lower().replace("_", " ")
            told = f"{before or 'not run'} there, {now or 'not run'} here"
            yield f"gate {gate.value} ({name}): {told}"


def _packages(what: str, there: tuple[Package, ...], here: tuple[Package, ...]) -> Iterator[str]:
    before = {one.name: one.version for one in there}
    now = {one.name: one.version for one in here}
    changed = [
        f"{name} {before.get(name, 'absent')} there, {now.get(name, 'absent')} here"
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    ]
    yield from (f"{what} {told}" for told in changed[:MOST_NAMED])
    if len(changed) > MOST_NAMED:
        yield f"{len(changed) - MOST_NAMED} more differ in the same way ({what})"


def _dotted(version: tuple[int, int] | None) -> str:
    return "none" if version is None else f"{version[0]}.{version[1]}"
