"""How command injection shows itself: the value becomes structure of the shell's command."""

import json
import re

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import CANARY, Observation, Unclear, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.shells import grown, words
from countermine.prove.drive.silence import place

_SETTING = re.compile(r"\w+=")
"""Of a variable, in front of a program."""
_MARK = "touch {base}/{canary}"

PLAN = Plan(
    attacks=(
        Payload(name="semicolon", text=f"{PROBE}; {_MARK} #"),
        Payload(name="substitution", text=f"$({_MARK})"),
        Payload(name="single-quote", text=f"{PROBE}'; {_MARK} #"),
        Payload(name="double-quote", text=f'{PROBE}"; {_MARK} #'),
        Payload(name="backticks", text=f"`{_MARK}`"),
        Payload(name="and", text=f"{PROBE} && {_MARK}"),
        Payload(name="or", text=f"{PROBE} || {_MARK}"),
        Payload(name="pipe", text=f"{PROBE} | {_MARK}"),
        Payload(name="background", text=f"{PROBE} & {_MARK} &"),
        Payload(name="newline", text=f"{PROBE}\n{_MARK}\n"),
        Payload(name="without-spaces", text=f"{PROBE};touch${{IFS}}{{base}}/{{canary}}"),
    ),
    controls=(Payload(name="plain-word", text=PROBE),),
)


def _shown(_witness: Witness, seen: Observation, benign: Observation) -> str | Unclear | None:
    for event in seen.events:
        if event.name == "file-created" and CANARY in (event.get("real") or ""):
            return f"the injected command ran: it made {event.get('real')}"
    known = [text for event in benign.events if (text := event.get("shell")) is not None]
    for event in seen.events:
        command = event.get("shell")
        if event.name != "command" or command is None:
            continue
        if CANARY in command and not known:
            return Unclear(reason=f"no benign command is there to compare {command!r} with")
        part = grown(command, known)
        if part is not None:
            where = place(event)
            return f"the value became structure ({part}) of the command {command!r} {where}"
    return _program(seen)


def _program(seen: Observation) -> str | None:
    """Return that the value says which program is run: quoted, it is one word, and that one."""
    for event in seen.events:
        if event.name != "command":
            continue
        command = event.get("shell")
        programs = (
            [next((w for w in one if not _SETTING.match(w)), "") for one in words(command)]
            if command is not None
            else json.loads(event.get("argv") or "[]")[:1]
        )
        named = next((one for one in programs if CANARY in one), None)
        if named is not None:
            return f"the value says which program is run, {named!r}, {place(event)}"
    return None


WITNESS: WitnessMaker = PlannedMaker(plan=lambda _finding, _texts: PLAN, shown=_shown)
"""Ends the word that the value should be, and starts a command that leaves a mark.

A value that stays a word must be none that names the program.
"""
