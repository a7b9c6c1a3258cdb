"""A use goes on in another format only where the writer changed along with the reader."""

from dataclasses import replace

import pytest

from countermine.core.spans import tree_path
from countermine.core.weakness import WeaknessId
from countermine.prove.formats import in_json
from countermine.testing.findings import finding_at
from countermine.testing.proving import stimulus, witness_for

PATH = tree_path("app.py")
BEFORE = """
import json, pickle
def read(data):
    return pickle.loads(data)
def write(value):
    return pickle.dumps(value)
"""
WITNESS = replace(
    witness_for(
        finding_at("app.py", BEFORE.encode(), b"pickle.loads(data)"),
        controls=(stimulus("plain", "(dp0\nS'a'\nI1\ns."),),
    ),
    weakness=WeaknessId("unsafe-deserialization"),
    sink_path=PATH,
)


def other(after: str, text: str = "(dp0\nS'a'\nI1\ns.") -> str | None:
    made = in_json(
        WITNESS, stimulus("plain", text), {PATH: BEFORE.encode()}, {PATH: after.encode()}
    )
    return None if made is None else made.inputs[0].text


def test_a_use_is_written_in_the_new_format() -> None:
    assert other(BEFORE.replace("pickle.", "json.")) == '{"a": 1}'


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        BEFORE.replace("pickle.loads", "json.loads"),
        BEFORE.replace("pickle.dumps", "json.dumps"),
        BEFORE.replace("pickle.", "yaml."),
        BEFORE.replace("pickle.dumps", "json.dumps").replace("pickle.loads", "dill.loads"),
        BEFORE.replace("pickle.", "json.") + "def old(data):\n    return pickle.loads(data)\n",
        "def read(data):\n    return json.loads(data)\n",
        "not python at all",
    ],
)
def test_a_format_that_only_one_side_changed_is_none(after: str) -> None:
    assert other(after) is None


@pytest.mark.parametrize("text", ["", "plain text", "csys\naudit\n(S'a'\nI1\ntR.", "I1\n."])
def test_what_is_no_plain_pickle_stays(text: str) -> None:
    assert other(BEFORE.replace("pickle.", "json."), text) in (None, '{"": 1}')


def test_other_weaknesses_have_one_format() -> None:
    witness = replace(WITNESS, weakness=WeaknessId("code-injection"))
    after = BEFORE.replace("pickle.", "json.")
    texts = {PATH: BEFORE.encode()}, {PATH: after.encode()}
    assert in_json(witness, WITNESS.controls[0], *texts) is None
