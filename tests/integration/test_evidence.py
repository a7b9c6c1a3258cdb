"""Bundles as a user has them: written here, checked and rerun there."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Answer, Call

ELSEWHERE = 240

CALCULATOR = '''"""A calculator."""


def compute(expression):
    """Return the value of a literal expression."""
    return eval(expression)
'''


def called(state: Path, *arguments: str | Path) -> Answer:
    done = subprocess.run(
        [sys.executable, "-m", "countermine", *map(str, arguments)],
        env={**os.environ, "COUNTERMINE_STATE": str(state)},
        capture_output=True,
        text=True,
        timeout=ELSEWHERE,
        check=False,
    )
    return Answer(code=done.returncode, out=done.stdout, err=done.stderr)


Change = Callable[[Any], None]


def changed(bundle: Path, into: Path, change: Change) -> Path:
    """Write a bundle in which something else stands, under the old signature."""
    envelope = json.loads(bundle.read_text())
    document = json.loads(base64.b64decode(envelope["payload"]))
    change(document["predicate"])
    envelope["payload"] = base64.b64encode(json.dumps(document).encode()).decode()
    into.write_text(json.dumps(envelope))
    return into


def without_effect(patch: Any) -> None:
    (edit,) = [one for one in patch["edits"] if "eval" in one["before"]]
    edit["after"] = edit["before"] + "  "


def with_terms_of_its_own(proof: Any) -> None:
    proof["terms"]["test"] = ["/bin/true"]
    proof["terms"]["catalogue"] = {"neutral": 7}
    del proof["witness"]["attacks"][1:]


@pytest.mark.online
@pytest.mark.slow
def test_a_proof_is_made_again_elsewhere_and_a_forged_one_is_not(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    tree = tmp_path / "calculator"
    tree.mkdir()
    (tree / "calc.py").write_text(CALCULATOR)
    bundles = tmp_path / "bundles"
    called(here, "run", tree, "--bundles", bundles, "--quiet")
    (bundle,) = bundles.iterdir()
    key = tmp_path / "key.pem"
    key.write_text(called(here, "evidence", "key").out)
    assert called(here, "evidence", "verify", bundle).code == 0
    case = bundle.stem
    assert called(here, "evidence", "write", case).out == bundle.read_text(), "the same bytes"

    moved = tree.rename(tmp_path / "moved")
    told = called(there, "prove", "--bundle", bundle, "--target", moved, "--signer", key, "--json")
    assert told.code == 0, told.err
    run = json.loads(told.out)
    assert run["cases"][0]["verdict"]["kind"] == "proven"
    assert "the bundle says proven, and so does this rerun" in run["notes"]
    assert not [note for note in run["notes"] if note.startswith("differs")]

    # Whoever forges "proven" of a patch that does nothing gets another verdict, and no signature.
    forged = changed(bundle, tmp_path / "forged.json", lambda proof: without_effect(proof["patch"]))
    refused = called(there, "prove", "--bundle", forged, "--target", moved, "--signer", key)
    assert (refused.code, "does not hold" in refused.line) == (6, True)
    judged = called(there, "prove", "--bundle", forged, "--target", moved, "--json")
    assert judged.code == 7
    notes = json.loads(judged.out)["notes"]
    assert any(note.startswith("the bundle says proven, this rerun says ") for note in notes)

    # Nor has a stranger a say in what a patch is judged by.
    bent = changed(bundle, tmp_path / "bent.json", with_terms_of_its_own)
    told = called(there, "prove", "--bundle", bent, "--target", moved, "--json")
    assert told.code == 0
    run = json.loads(told.out)
    assert "nothing but the patch was taken from the bundle" in run["notes"]
    (case,) = run["cases"]
    assert len(case["witness"]["attacks"]) > 1
    outcomes = {gate["gate"]: gate["outcome"] for gate in case["verdict"]["gates"]}
    assert outcomes["tests"] == "not-applicable", "the command of the bundle was not run"

    (moved / "calc.py").write_text(CALCULATOR + "\n\nVERSION = 2\n")
    another = called(there, "prove", "--bundle", bundle, "--target", moved)
    assert another.code == 4
    assert "is not the tree that the bundle is about" in another.line


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["prove"], 2, "say what to prove"),
        (["prove", "x", "--bundle", "b"], 2, "--bundle says what is proven"),
        (["prove", "x", "--signer", "k"], 2, "--signer goes with --bundle"),
        (["prove", "--bundle", "absent.json"], 2, "cannot read the bundle"),
        (["evidence", "verify", "/"], 2, "cannot read the bundle"),
        (["evidence", "write", "x", "--output", "/"], 2, "it is a folder"),
        (["fix", ".", "--bundles", "b"], 2, "needs something that was run"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    call: Call, words: list[str], code: int, said: str
) -> None:
    answer = call(*words)
    assert answer.code == code
    assert said in answer.line


def test_the_key_is_printed_as_others_read_it(call: Call) -> None:
    first, second = call("evidence", "key"), call("evidence", "key")
    assert first.code == 0
    assert first.out == second.out
    assert first.out.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert first.out.endswith("-----END PUBLIC KEY-----\n")
