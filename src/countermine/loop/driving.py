"""Asks models about single cases: for a way to show a flaw, and what they make of a trace."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from countermine.core.cases import case_id
from countermine.core.errors import ModelsGoneError
from countermine.core.findings import Finding, FindingStatus
from countermine.core.models import Lack
from countermine.core.spans import TreePath
from countermine.core.verdicts import Evidence, Gate, GateResult
from countermine.core.witnesses import Witness
from countermine.find.hypotheses.driving import NotWritten, Written, written
from countermine.find.hypotheses.opinions import NoOpinion, opinion
from countermine.fix.suggest.material import code_of, trace_of
from countermine.loop.entering import takes_driver
from countermine.loop.proposing import with_proposal
from countermine.loop.records import DriverRecord, OpinionRecord, Proposal, WitnessRecord
from countermine.ports.model import Material, Model
from countermine.prove.evidence import evidence
from countermine.prove.gates.control_again import is_empty
from countermine.prove.harness.driver_text import DriverTextError, read
from countermine.prove.records import NotWitnessed, Witnessed

MAX_TOLD = 2_000


def is_undriven(record: WitnessRecord) -> bool:
    """Tell whether another way of driving may show what this one did not, or show it better.

    Trouble before the first drive would be the same for every other.
    """
    if record.witness is None or not isinstance(record.witnessing, NotWitnessed):
        return _is_hollow(record)
    gates = record.witnessing.verdict.gates
    return bool(gates) and gates[-1].gate in {Gate.RED, Gate.CONTROL}


def _is_hollow(record: WitnessRecord) -> bool:
    """Tell whether the flaw shows and gate 7 could not say that a patch leaves the use alone."""
    seen, witness = record.witnessing, record.witness
    if witness is None or not isinstance(seen, Witnessed) or not seen.controls:
        return False
    return is_empty(witness, seen.controls[0])


def with_drivers(record: WitnessRecord, drivers: Sequence[DriverRecord]) -> WitnessRecord:
    """Return the witness that shows the flaw: the weakness's own, or else the first of a model.

    One whose legitimate use is an empty document stands back behind one that says more.
    """
    ways = [record, *(one.driven for one in drivers if one.driven is not None)]
    shown = [one for one in ways if isinstance(one.witnessing, Witnessed)]
    best = next((one for one in shown if not _is_hollow(one)), next(iter(shown), None))
    return _told_of(record, drivers) if best is None else best


def _told_of(record: WitnessRecord, drivers: Sequence[DriverRecord]) -> WitnessRecord:
    """Return what the plan came to, with what each driver of a model came to beside it."""
    stopped = record.witnessing
    told = [one for one in map(_came_to, drivers) if one is not None]
    if not isinstance(stopped, NotWitnessed) or not stopped.verdict.gates or not told:
        return record
    *before, last = stopped.verdict.gates
    last = replace(last, evidence=(*last.evidence, *told))
    verdict = replace(stopped.verdict, gates=(*before, last))
    return replace(record, witnessing=replace(stopped, verdict=verdict))


def _came_to(driver: DriverRecord) -> Evidence | None:
    """Return why a driver showed nothing, ``None`` where nothing of it is known."""
    driven = driver.driven
    if driven is None:
        return evidence("a driver of a model", driver.reason) if driver.reason else None
    if driven.witness is None or not isinstance(driven.witnessing, NotWitnessed):
        return None
    by, verdict = driven.witness.proposed_by or "a model", driven.witnessing.verdict
    raised = [one.text for gate in verdict.gates[-1:] for one in gate.evidence]
    return evidence(f"a driver of {by}", "\n".join([verdict.reason, *raised]))


def driver_for(
    finding: Finding,
    plain: Witness,
    earlier: WitnessRecord,
    texts: Mapping[TreePath, bytes],
    model: Model,
) -> Witness | str:
    """Return a witness that a model wrote a driver or attacks for, or why there is none.

    Args:
        finding: What is to be shown.
        plain: The witness of the weakness's own plan.
        earlier: What was driven last, and what came of it.
        texts: Files of the finding.
        model: Who is asked.

    Raises:
        ModelsGoneError: If there is no model left that could be asked.
    """
    made = written(case_id(finding), _of_drive(finding, earlier, texts), model, _fault)
    if isinstance(made, NotWritten):
        if made.lack is Lack.GONE:
            raise ModelsGoneError(made.reason)
        return f"no model wrote a driver: {made.reason}"
    return _proposed(plain, made, finding, texts)


def count_driver(finding: Finding, texts: Mapping[TreePath, bytes], model: Model) -> None:
    """Ask for a driver as it would be asked for first, and take nothing of the answer.

    For an estimate: what came of an earlier drive, which is shown too, is not known before a run.
    """
    nothing = WitnessRecord(witness=None, no_witness=None, witnessing=None)
    written(case_id(finding), _of_drive(finding, nothing, texts), model, _fault)


def _proposed(
    plain: Witness, made: Written, finding: Finding, texts: Mapping[TreePath, bytes]
) -> Witness | str:
    driver = made.driver if takes_driver(plain.entry) else None
    attacks = made.attacks
    if driver is None and not attacks:
        return "no model wrote a driver that the entry point can be driven by"
    proposal = Proposal(by=made.model, driver=driver, attacks=attacks)
    return with_proposal(plain, proposal, finding, texts)


def _fault(driver: str) -> str | None:
    try:
        read(driver)
    except DriverTextError as error:
        return str(error)
    return None


def _of_drive(
    finding: Finding, earlier: WitnessRecord, texts: Mapping[TreePath, bytes]
) -> tuple[Material, ...]:
    """Return what a model is shown: the entry point, the code, and what was tried."""
    shown = [*code_of(finding, texts), trace_of(finding, texts)]
    witness = earlier.witness
    if witness is not None:
        entry = witness.entry
        key = f", parameter {entry.key}" if entry.key is not None else ""
        fed = any(one.inputs for one in witness.attacks)
        value = f"value by {entry.channel}{key}" if fed else "nothing is fed in"
        place = f"{entry.qualname} ({entry.kind}), {value}"
        shown.append(Material(title="the entry point", text=place, path=entry.path))
        tried = "\n".join(value.text for attack in witness.attacks for value in attack.inputs)
        shown.append(Material(title="texts that were tried", text=tried[:MAX_TOLD]))
        if witness.driver is not None:
            shown.append(Material(title="the driver that was tried", text=witness.driver))
    if isinstance(earlier.witnessing, NotWitnessed):
        gates = earlier.witnessing.verdict.gates
        told = "\n".join(map(_told, gates[-1:]))
        shown.append(Material(title="what came of it", text=told[:MAX_TOLD]))
    if _is_hollow(earlier):
        told = "the flaw shows, but only an empty document works here as a legitimate use"
        shown.append(Material(title="what came of it", text=told))
    return tuple(shown)


def _told(gate: GateResult) -> str:
    return "\n".join([gate.reason, *(f"{one.title}: {one.text}" for one in gate.evidence)])


def opinion_about(finding: Finding, texts: Mapping[TreePath, bytes], model: Model) -> OpinionRecord:
    """Return what a model makes of a trace; where there is none, nobody is asked."""
    if finding.status is not FindingStatus.TRACED or not finding.trace:
        return OpinionRecord()
    material = (trace_of(finding, texts), *code_of(finding, texts))
    said = opinion(case_id(finding), finding, material, model)
    if isinstance(said, NoOpinion):
        return OpinionRecord(undone=(said.lack, said.reason))
    return OpinionRecord(opinion=said)
