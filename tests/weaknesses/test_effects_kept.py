"""Right fixes keep the effects of the legitimate use; a function that is emptied has none."""

from dataclasses import replace

import pytest

from countermine.core.spans import tree_path
from countermine.core.witnesses import Witness
from countermine.prove.effects import effects, elsewhere, lost
from countermine.prove.records import ControlRecord
from tests.weaknesses.makers import MAKERS
from tests.weaknesses.witness_bench import Bench, finding_of
from tests.weaknesses.witness_targets import FUNCTIONS

WRITE = """
import os
FOLDER = os.path.join(os.path.dirname(__file__), "files")

def run(name):
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, name), "w") as file:
        file.write("done")
"""
CONTAINED = """
import os
FOLDER = os.path.join(os.path.dirname(__file__), "files")

def run(name):
    os.makedirs(FOLDER, exist_ok=True)
    _write(os.path.join(FOLDER, os.path.basename(name)))

def _write(path):
    with open(path, "w") as file:
        file.write("done")
"""


@pytest.mark.parametrize(
    ("name", "flawed", "fixed", "family"),
    [
        ("command", None, None, "a command"),
        ("sql", None, None, "an SQL statement"),
        ("path", None, None, "a file that is read"),
        ("path", WRITE, CONTAINED, "a file that is changed"),
        ("tar", None, None, "a file that is changed"),
    ],
)
def test_a_right_fix_keeps_the_effect_and_an_emptied_function_does_not(
    bench: Bench, name: str, flawed: str | None, fixed: str | None, family: str
) -> None:
    target = next(one for one in FUNCTIONS if one.name == name)
    target = replace(
        target, flawed=flawed or target.flawed, fixed=(fixed,) if fixed else target.fixed
    )
    made = MAKERS[target.weakness].make(
        finding_of(target, target.flawed), {tree_path("app.py"): target.flawed.encode()}
    )
    assert isinstance(made, Witness)
    _, benign, _ = bench.run(target, target.flawed, most=0)
    before = ControlRecord(
        name=benign.stimulus,
        result=benign.result,
        comparable=True,
        effects=effects(made, (benign, benign)),
        elsewhere=elsewhere(made, (benign, benign)),
    )
    assert family in before.effects
    _, kept, _ = bench.run(target, target.fixed[0], most=0)
    assert kept.error is None
    assert lost(made, before, kept) == ()
    parameter = target.key
    _, emptied, _ = bench.run(target, f"def run({parameter}):\n    pass\n", most=0)
    assert family in lost(made, before, emptied)
