"""A value that stays one word is an attack's where that word is the program."""

import json
import re

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.spans import tree_path
from countermine.core.witnesses import CANARY, Absent, Event, Observation, Shown, Witness
from countermine.testing.findings import finding_at
from countermine.weaknesses.command_injection.witness import WITNESS

CODE = b"import os\n\ndef view(name):\n    os.system(name)\n"
ENTRY = EntryPoint(
    kind=EntryKind.FUNCTION,
    path=tree_path("app.py"),
    qualname="view",
    channel=Channel.PARAMETER,
    key="name",
)


def witness() -> Witness:
    finding = finding_at(
        "app.py", CODE, b"os.system(name)", weakness="command-injection", entry=ENTRY
    )
    made = WITNESS.make(finding, {tree_path("app.py"): CODE})
    assert isinstance(made, Witness)
    return made


def seen(name: str, *, shell: str | None = None, argv: tuple[str, ...] = ()) -> Observation:
    facts = {"argv": json.dumps(argv)} if shell is None else {"shell": shell}
    event = Event(sequence=0, name="command", detail=tuple(facts.items()))
    return Observation(
        stimulus=name, events=(event,), probes_held=True, closed=True, reached=True, result="None"
    )


def judged(*, shell: str | None = None, argv: tuple[str, ...] = ()) -> object:
    made = witness()
    attack = seen("semicolon", shell=shell, argv=argv)
    plain = None if shell is None else re.sub(r"'[^']*'", "cmprobe", shell)
    benign = seen("plain-word", shell=plain, argv=("cmprobe", "cmprobe"))
    return WITNESS.judge(made, made.attacks[0], attack, benign)


@pytest.mark.parametrize(
    "shell",
    [
        f"'cmprobe; touch /base/{CANARY} #' cmprobe",
        f"cmprobe | '{CANARY}' x",
        f"LANG=C '/base/{CANARY}' x",
    ],
)
def test_a_quoted_program_is_shown(shell: str) -> None:
    effect = judged(shell=shell)
    assert isinstance(effect, Shown)
    assert "which program is run" in effect.evidence


def test_a_program_in_a_list_is_shown() -> None:
    assert isinstance(judged(argv=(f"/base/{CANARY}", "x")), Shown)


@pytest.mark.parametrize(
    "shell",
    [f"cmprobe 'x; touch {CANARY} #'", f"cmprobe -- {CANARY}", f"LANG='{CANARY}' cmprobe x"],
)
def test_a_quoted_word_and_a_setting_are_not(shell: str) -> None:
    assert isinstance(judged(shell=shell), Absent)


def test_a_word_in_a_list_is_not() -> None:
    assert isinstance(judged(argv=("cmprobe", CANARY)), Absent)
