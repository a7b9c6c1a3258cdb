"""Runs with a model, over the real protocol and the real ladder."""

import json
from pathlib import Path
from typing import Any

import pytest

from countermine.cli.exits import ExitCode
from countermine.testing.model_replies import Asked, Conduct
from countermine.testing.model_server import model_server
from tests.integration.conftest import Answer, Call
from tests.integration.modelled import (
    PARTS,
    PATCHES,
    answer,
    configured,
    path_of,
    right,
    text_of,
)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIPTED_KEY", "sk-scripted-0123456789abcdef")


def document(said: Answer) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(said.out)
    return parsed


def verdicts(run: dict[str, Any]) -> list[str]:
    return [case["verdict"]["kind"] for case in run["cases"]]


def test_a_model_fixes_what_no_remedy_does_and_a_record_of_it_can_be_repeated_byte_for_byte(
    program: Call, tmp_path: Path
) -> None:
    def say(asked: Asked) -> str:
        path = path_of(asked)
        if path == "parts/versions.py" and "where the harm is done" in text_of(asked):
            # One that looks like a fix, and forbids what was legitimate.
            return answer(path, PATCHES[path][0], r'r"^([0-9])$"', "Allow one digit")
        return right(asked)

    record = tmp_path / "record.jsonl"
    common = ("--path", "parts/versions.py", "--json", "--no-timings", "--no-color")
    with model_server(say=say) as server:
        config = configured(tmp_path / "models.toml", {"first": server.url})
        first = program("run", PARTS, "--config", config, "--record", record, *common)
        asked = len(server.asked)
        again = program("run", PARTS, "--config", config, "--replay", record, *common)
        assert len(server.asked) == asked, "a replay sends nothing"
    assert (first.code, again.code) == (ExitCode.FINDINGS, ExitCode.FINDINGS), first.err
    run = document(first)
    assert verdicts(run) == ["proven"]
    assert {case["patch"]["origin"] for case in run["cases"]} == {"model"}
    assert {case["patch"]["author"] for case in run["cases"]} == {"scripted-1"}
    assert run["models"]["totals"][0]["outcomes"] == {"answered": asked}
    assert run["models"]["usd_per_proven_fix"] > 0
    assert first.out == again.out


def test_a_run_that_loses_its_models_one_by_one_ends_whole_and_is_carried_on_by_a_third(
    program: Call, tmp_path: Path
) -> None:
    """The drill: the first is withdrawn after one answer, the second after one more."""
    goes = [Conduct.ANSWER, Conduct.GONE]
    with (
        model_server(plan=goes, say=right) as first,
        model_server(plan=goes, say=right) as second,
        model_server(say=right) as third,
    ):
        urls = {"first": first.url, "second": second.url}
        config = configured(tmp_path / "models.toml", urls, "candidates = 2\nrounds = 1\n")
        page = tmp_path / "report.html"
        stopped = program("run", PARTS, "--config", config, "--json", "--html", page)
        assert stopped.code == ExitCode.NO_MODEL_LEFT, stopped.err
        assert "countermine resume" in stopped.err
        run = document(stopped)
        done = {total["entry"]: total["outcomes"] for total in run["models"]["totals"]}
        # The two cases may ask at the same moment; once the answer is there nobody asks again.
        assert {done[name]["withdrawn"] for name in urls} <= {1, 2}
        assert {one["lack"] for one in run["models"]["undone"]} == {"gone"}
        answered = [call for call in run["models"]["calls"] if call["outcome"] == "answered"]
        assert len(answered) == 2
        text = page.read_text()
        assert "What models did" in text
        assert "no model was left" in text

        configured(tmp_path / "models.toml", {**urls, "third": third.url})
        resumed = program("resume", "--json")
        assert resumed.code == ExitCode.FINDINGS, resumed.err
        whole = document(resumed)
        assert verdicts(whole) == ["proven", "proven"]
        assert whole["models"]["undone"] == []
        paid = [
            call["request_sha256"]
            for call in whole["models"]["calls"]
            if call["outcome"] == "answered" and not call["kept"]
        ]
        assert len(paid) == len(set(paid)), "nothing is paid twice"
        assert set(paid) >= {call["request_sha256"] for call in answered}


def test_without_models_the_same_flaws_are_found_and_shown(program: Call, tmp_path: Path) -> None:
    with model_server(say=right) as server:
        config = configured(tmp_path / "models.toml", {"first": server.url})
        said = program("run", PARTS, "--config", config, "--no-models", "--json")
        assert server.asked == []
    run = document(said)
    assert said.code == ExitCode.FINDINGS
    assert "models" not in run
    assert [finding["status"] for finding in run["findings"]] == ["witnessed", "witnessed"]


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (("--replay", "nowhere.jsonl", "--no-models"), "--replay needs a model"),
        (("--max-usd", "1"), "--max-usd needs a model"),
        (("--preview",), "no model is configured"),
    ],
)
def test_an_option_for_models_without_any_is_told(
    call: Call, arguments: tuple[str, ...], wrong: str
) -> None:
    said = call("run", PARTS, *arguments)
    assert said.code == ExitCode.BAD_USAGE
    assert wrong in said.line


def test_an_estimate_asks_nobody_and_counts_every_question_that_may_be_asked(
    call: Call, tmp_path: Path
) -> None:
    with model_server(say=right) as server:
        config = configured(tmp_path / "models.toml", {"first": server.url})
        said = call("run", PARTS, "--config", config, "--estimate", "--hypotheses", "--json")
        assert server.asked == []
    estimate = document(said)
    assert said.code == ExitCode.CLEAN
    tasks = {task["task"]: task for task in estimate["tasks"]}
    assert set(tasks) == {"hypothesise", "patch", "witness"}
    assert (estimate["cases"], tasks["patch"]["calls"]) == (2, 12)
    assert tasks["witness"]["calls"] == 4, "two drivers for each case"
    assert tasks["patch"]["usd"] > 0


def test_a_record_that_is_not_there_is_told_before_anything_is_done(
    call: Call, tmp_path: Path
) -> None:
    config = configured(tmp_path / "models.toml", {"first": "http://127.0.0.1:9/v1"})
    said = call("run", PARTS, "--config", config, "--replay", tmp_path / "nowhere.jsonl")
    assert said.code == ExitCode.BAD_USAGE
    assert "cannot read the record" in said.line
