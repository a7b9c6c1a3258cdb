"""How argument injection shows itself: the value is read as an option by the program started."""

import json

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import CANARY, Event, Observation, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.shells import words
from countermine.prove.drive.silence import place

PLAN = Plan(
    attacks=(
        Payload(name="long-option", text="--{canary}"),
        Payload(name="long-option-with-value", text="--{canary}={canary}"),
        Payload(name="short-option", text="-{canary}"),
    ),
    controls=(Payload(name="plain-word", text=PROBE),),
)


def _shown(_witness: Witness, seen: Observation, _benign: Observation) -> str | None:
    for event in seen.events:
        if event.name != "command":
            continue
        for command in _commands(event):
            option = _option(command)
            if option is not None:
                return f"{command[0]} was given the option {option!r} {place(event)}"
    return None


def _commands(event: Event) -> list[list[str]]:
    shell = event.get("shell")
    if shell is not None:
        return words(shell)
    return [json.loads(event.get("argv") or "[]")]


def _option(command: list[str]) -> str | None:
    """Return the word with the canary that the program takes as an option, if any."""
    for word in command[1:]:
        if word == "--":
            return None
        if word.startswith("-") and CANARY in word:
            # An option of the target's own with the value behind it is no injected one.
            name = word.split("=", 1)[0]
            if CANARY in name:
                return word
    return None


WITNESS: WitnessMaker = PlannedMaker(plan=lambda _finding, _texts: PLAN, shown=_shown)
"""Begins the value with a dash."""
