"""What is handed in for a case: a patch as edits, a witness as a driver and further attacks."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.core.witnesses import Stimulus, Witness
from countermine.loop.entering import entered_by, lets_through, takes_driver
from countermine.loop.records import Proposal

PROPOSED = "proposed"
"""How the names of attacks begin that were handed in."""


def with_proposal(
    witness: Witness,
    proposal: Proposal,
    finding: Finding,
    texts: Mapping[TreePath, bytes] = MappingProxyType({}),
) -> Witness:
    """Return a witness with what was handed in for it.

    What is driven stays the finding's own entry point, and the legitimate uses stay ours, so that
    nobody makes a harmless value look like an attack by an odd one beside it.

    Args:
        witness: By the weakness's own plan.
        proposal: What was handed in.
        finding: What it is about.
        texts: Files of the finding.
    """
    channel = witness.entry.channel
    if proposal.driver is not None and takes_driver(witness.entry):
        entered = entered_by(proposal.driver, witness, finding, texts)
        if entered is None:
            return with_proposal(witness, replace(proposal, driver=None), finding, texts)
        witness = entered
    theirs = [one for one in proposal.attacks if lets_through(channel, one)]
    attacks = list(witness.attacks)
    pattern = next((one for one in attacks if one.inputs), None)
    if pattern is not None:
        attacks += [
            _spelled(pattern, f"{PROPOSED}-{number}", text) for number, text in enumerate(theirs, 1)
        ]
    anything = proposal.driver is not None or len(attacks) > len(witness.attacks)
    return replace(
        witness,
        attacks=tuple(attacks),
        driver=proposal.driver,
        proposed_by=proposal.by if anything else None,
    )


def _spelled(pattern: Stimulus, name: str, text: str) -> Stimulus:
    value = replace(pattern.inputs[0], text=text, samples=(), alternatives=())
    return replace(pattern, name=name, inputs=(value, *pattern.inputs[1:]), files=())
