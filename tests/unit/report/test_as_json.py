"""The JSON form is what its schema says, and can be the same from run to run."""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from countermine.core.runs import Run
from countermine.core.spans import TreePath
from countermine.report.as_json import render_json
from countermine.testing.run_texts import sample_texts
from countermine.testing.runs import empty_run, hostile_run, hostile_texts, sample_run

FILE = Path(__file__).resolve().parents[3] / "docs" / "schemas" / "run.schema.json"


def closed(schema: Any) -> Any:
    """Return the schema with every field that it does not describe forbidden."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    if inner.get("type") == "object":
        inner["additionalProperties"] = False
    return inner


SCHEMA = closed(json.loads(FILE.read_text()))


@pytest.mark.parametrize("timings", [True, False])
@pytest.mark.parametrize(
    ("run", "texts"),
    [
        (sample_run(), sample_texts()),
        (sample_run(), {}),
        (empty_run(), {}),
        (hostile_run(), hostile_texts()),
    ],
)
def test_form_is_what_the_schema_says(
    run: Run, texts: dict[TreePath, bytes], *, timings: bool
) -> None:
    document = json.loads(render_json(run, texts, timings=timings))
    errors = Draft202012Validator(SCHEMA).iter_errors(document)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_schema_is_one() -> None:
    Draft202012Validator.check_schema(json.loads(FILE.read_text()))


def test_two_runs_differ_in_nothing_but_what_can_be_left_out() -> None:
    run = sample_run()
    slower = copy.deepcopy(run.cases[0])
    assert slower.verdict is not None
    gates = tuple(replace(gate, duration_ms=9) for gate in slower.verdict.gates)
    slower = replace(slower, verdict=replace(slower.verdict, gates=gates))
    other = replace(
        run,
        id="another",
        started="2027-01-01T00:00:00Z",
        timings=(),
        target=replace(run.target, root="/elsewhere"),
        cases=(slower, *run.cases[1:]),
    )
    texts = sample_texts()
    assert render_json(run, texts, timings=True) != render_json(other, texts, timings=True)
    assert render_json(run, texts, timings=False) == render_json(other, texts, timings=False)


def test_text_is_ascii_so_that_a_terminal_can_show_it() -> None:
    text = render_json(hostile_run(), hostile_texts(), timings=True)
    assert text.isascii()
    assert not set(text) & {chr(code) for code in range(32) if code != 10}


def test_no_lone_surrogate_is_written() -> None:
    document = json.loads(render_json(hostile_run(), hostile_texts(), timings=True))
    json.dumps(document, ensure_ascii=False).encode()


def test_secrets_in_evidence_are_hidden() -> None:
    run = sample_run()
    verdict = run.cases[0].verdict
    assert verdict is not None
    gate = verdict.gates[-1]
    item = replace(gate.evidence[0], text="export API_TOKEN=hunter2hunter2")
    shown = replace(verdict, gates=(replace(gate, evidence=(item,)),))
    leaky = replace(run, cases=(replace(run.cases[0], verdict=shown),))
    assert "hunter2" not in render_json(leaky, sample_texts(), timings=True)
