"""A copy of a process that has loaded the target shows what a process that loads it shows."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from countermine import weaknesses
from countermine.core.environment import Environment
from countermine.core.spans import tree_path
from countermine.core.witnesses import Observation, Witness
from countermine.ports.sandbox import Sandbox
from countermine.prove.drive.drive import drive
from countermine.prove.drive.request import DriveRequest
from countermine.prove.harness.loader import FLAWS_THEMSELVES
from tests.unit.prove.drive.test_drive import trusted, witness
from tests.weaknesses.conftest import plain_environment, sandbox
from tests.weaknesses.makers import MAKERS
from tests.weaknesses.witness_bench import finding_of
from tests.weaknesses.witness_targets import FUNCTIONS, Target

__all__ = ["plain_environment", "sandbox"]

WEAKNESSES = ("path-traversal", "sql-injection", "command-injection", "weak-hash")
TARGETS = [next(one for one in FUNCTIONS if one.weakness == name) for name in WEAKNESSES]

Both = Callable[[str, Witness], tuple[tuple[Observation, ...], tuple[Observation, ...]]]


@pytest.fixture
def both(tmp_path: Path, plain_environment: Environment, sandbox: Sandbox) -> Both:
    def driven(
        source: str, made: Witness
    ) -> tuple[tuple[Observation, ...], tuple[Observation, ...]]:
        (tmp_path / "app.py").write_text(source)
        request = DriveRequest(
            witness=made,
            stimuli=(*made.controls, *made.attacks),
            tree=tmp_path,
            environment=plain_environment,
            sandbox=sandbox,
            stimulus_s=10.0,
        )
        return drive(request), drive(replace(request, load_once=False))

    return driven


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_effects_are_the_same_either_way(both: Both, target: Target) -> None:
    for source in (target.flawed, *target.fixed[:1]):
        maker = MAKERS[target.weakness]
        made = maker.make(finding_of(target, source), {tree_path("app.py"): source.encode()})
        assert isinstance(made, Witness)
        made = replace(made, attacks=made.attacks[:4])
        effects = [
            [
                maker.judge(made, stimulus, one, seen[0])
                for stimulus, one in zip(made.attacks, seen[len(made.controls) :], strict=True)
            ]
            for seen in both(source, made)
        ]
        assert effects[0] == effects[1]


def results(seen: tuple[Observation, ...]) -> list[tuple[bool, str | None, str | None]]:
    return [(trusted(one), one.result, one.error) for one in seen]


COUNTING = "import os\nPID = os.getpid()\nseen = []\ndef run(value):\n    seen.append(value)\n"


def test_the_target_is_loaded_once_and_each_copy_is_fresh(both: Both) -> None:
    source = COUNTING + "    return len(seen), os.getpid() != PID\n"
    once, each = both(source, witness("one", "two"))
    assert results(once) == [(True, "tuple(1, True)", None)] * 3
    assert results(each) == [(True, "tuple(1, False)", None)] * 3


APART = {
    "starts a thread": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n",
    "opens a socket": "import socket\nopened = socket.socket()\n",
    "keeps a file open": "opened = open(__file__)\n",
    "starts a process": "import os, time\nif os.fork() == 0: time.sleep(0.2); os._exit(0)\n",
    "writes to the temporary folder": "import tempfile\nkept = tempfile.mkdtemp()\n",
    "uses what may be the flaw": "import hashlib\nhashlib.md5(b'a')\n",
    "leaves no generator to copy": "import random\nrandom.getstate = None\n",
}


@pytest.mark.parametrize("how", APART)
def test_what_cannot_be_copied_is_loaded_by_each_stimulus(both: Both, how: str) -> None:
    source = APART[how] + COUNTING + "    return os.getpid() == PID\n"
    once, each = both(source, witness("one"))
    assert results(once) == results(each) == [(True, "True", None)] * 2


def test_what_loading_writes_is_there_as_it_was_for_every_copy(both: Both) -> None:
    source = COUNTING + (
        "    with open('/target/log', 'a') as file: file.write(value)\n"
        "    with open('/target/log') as file: return file.read(), os.getpid() == PID\n"
        "with open('/target/log', 'w') as file: file.write('begun ')\n"
    )
    once, each = both(source, witness("one", "two"))
    assert [one.result for one in once[1:]] == [
        f"tuple('begun {value}', False)" for value in ("one", "two")
    ]
    assert [one.result for one in each[1:]] == [
        f"tuple('begun {value}', True)" for value in ("one", "two")
    ]


def test_numbers_at_random_are_the_same_either_way(both: Both) -> None:
    source = COUNTING + (
        "    return first, _inst.random(), os.getpid() == PID\n"
        "from random import _inst\n"
        "first = _inst.random()\n"
    )
    once, each = both(source, witness("one"))
    assert once[0].result == once[1].result
    assert str(once[1].result).replace("False", "True") == each[1].result


def test_the_key_of_the_job_is_not_where_the_target_is_loaded(both: Both) -> None:
    source = (
        "import os, sys\n"
        "frame, found = sys._getframe(), []\n"
        "while frame:\n"
        "    found += [one for one in frame.f_locals.values() if type(one) is bytes]\n"
        "    frame = frame.f_back\n"
        "def run(value):\n"
        "    for fd in (190, 191):\n"
        "        try: os.fstat(fd)\n"
        "        except OSError: continue\n"
        "        return fd\n"
        "    return len([one for one in found if len(one) == 32])\n"
    )
    once, _ = both(source, witness("one"))
    assert results(once) == [(True, "0", None)] * 2


def test_a_stimulus_that_kills_the_loader_is_not_trusted_and_the_next_one_is_driven(
    both: Both,
) -> None:
    source = COUNTING + (
        "    if value == 'kill' and os.getpid() != PID: os.kill(PID, 9)\n    return 1\n"
    )
    once, _ = both(source, witness("kill", "other"))
    assert [trusted(one) for one in once] == [True, False, True]


def test_calls_that_are_flaws_by_themselves_are_known_to_the_loader() -> None:
    sources = Path(weaknesses.__file__).parent.glob("*/witness.py")
    found = [re.findall(r"structural\(\s*\"(\w+)\"", path.read_text()) for path in sources]
    assert {name for names in found for name in names} <= FLAWS_THEMSELVES
