"""What is handed in for a case: a patch as edits, a witness as a driver and further attacks."""

from dataclasses import replace

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.witnesses import Stimulus, Witness
from countermine.loop.records import Proposal

PROPOSED = "proposed"
"""How the names of attacks begin that were handed in."""


_DRIVEN = frozenset({Channel.PARAMETER, Channel.FILE_CONTENT})


def takes_driver(entry: EntryPoint) -> bool:
    """Tell whether a driver can hand the value of an entry point over.

    What comes in a request needs no set-up of objects, but for a part of a route that a method of
    a handler takes as a parameter: that is called like any other method.
    """
    routed = entry.channel is Channel.PATH and entry.kind is EntryKind.METHOD
    return routed or entry.channel in _DRIVEN


def with_proposal(witness: Witness, proposal: Proposal) -> Witness:
    """Return a witness with what was handed in for it.

    What is driven stays the finding's own entry point, and the legitimate uses stay ours, so that
    nobody makes a harmless value look like an attack by an odd one beside it.
    """
    if proposal.driver is not None and takes_driver(witness.entry):
        witness = _handed_over(witness)
    attacks = list(witness.attacks)
    pattern = next((one for one in attacks if one.inputs), None)
    if pattern is not None:
        attacks += [
            _spelled(pattern, f"{PROPOSED}-{number}", text)
            for number, text in enumerate(proposal.attacks, 1)
        ]
    theirs = proposal.driver is not None or len(attacks) > len(witness.attacks)
    return replace(
        witness,
        attacks=tuple(attacks),
        driver=proposal.driver,
        proposed_by=proposal.by if theirs else None,
    )


def _handed_over(witness: Witness) -> Witness:
    """Return a witness whose value is the argument of a call, not a part of a route."""
    if witness.entry.channel is not Channel.PATH:
        return witness
    return replace(
        witness,
        entry=replace(witness.entry, channel=Channel.PARAMETER),
        attacks=tuple(map(_as_argument, witness.attacks)),
        controls=tuple(map(_as_argument, witness.controls)),
    )


def _as_argument(one: Stimulus) -> Stimulus:
    inputs = (
        replace(value, channel=Channel.PARAMETER) if value.channel is Channel.PATH else value
        for value in one.inputs
    )
    return replace(one, inputs=tuple(inputs))


def _spelled(pattern: Stimulus, name: str, text: str) -> Stimulus:
    value = replace(pattern.inputs[0], text=text, samples=(), alternatives=())
    return replace(pattern, name=name, inputs=(value, *pattern.inputs[1:]), files=())
