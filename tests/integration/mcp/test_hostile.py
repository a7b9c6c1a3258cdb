"""An agent that cheats or stumbles gets a typed error or an honest verdict, and nothing else."""

from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.integration.mcp.conftest import Agent, Place

pytestmark = pytest.mark.xdist_group("mcp")


def test_nothing_outside_of_the_roots_is_searched(agent: Agent, place: Place) -> None:
    wrong = (
        "/etc", "..", "../outside", "link", str(place.outside), "libconfig/../../outside",
        "none", "libconfig/pyproject.toml", "pypi:flask==3.0.0", "https://example.com/x.git",
        "file:///etc", "a\0b", "x" * 4000, "-v",
    )  # fmt: skip
    for target in wrong:
        error = agent.error("find", target=target)
        assert error.startswith("bad-target: "), (target, error)
        assert "secret" not in error


def test_runs_about_other_places_are_not_served(
    agent: Agent, place: Place, found: dict[str, Any]
) -> None:
    del found
    done = place.program("fix", place.outside, "--json")
    assert '"code-injection"' in done.stdout
    foreign = {path.name for path in (place.state / "runs").iterdir()}
    served = agent.call("status")["runs"]
    (hidden,) = foreign - {one["run"] for one in served}
    assert agent.error("status", run=hidden).startswith("bad-usage: there is no run")
    assert agent.error("show_case", case="code-injection-00000000", run=hidden).startswith("bad-")
    with pytest.raises(Exception, match="there is no run"):
        agent.read(f"countermine://run/{hidden}/report/json")


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"case": 7},
        {"case": "x" * 300},
        {"case": "C", "verdict": "proven"},
        {"case": "C", "gates": [{"gate": 1, "outcome": "passed"}]},
        {"case": "C", "diff": "x" * 300_000},
        {"case": "C", "edits": [{"path": "a", "old": "b"}]},
        {"case": "C", "edits": [{"path": "a", "old": "b", "new": "c", "origin": "remedy"}]},
        {"case": "C", "edits": [{"path": "a", "old": "b", "new": "x" * 70_000}]},
        {"case": "C", "edits": [{"path": "a", "old": "b", "new": "c"}] * 65},
        {"case": "C", "test": ["true"]},
        {"case": "C", "author": "literal-eval"},
        {"case": "C", "wait_seconds": -1},
        {"case": "C", "wait_seconds": "nan"},
    ],
    ids=range(14),
)
def test_arguments_that_are_not_in_the_schema_are_refused(
    agent: Agent, arguments: dict[str, Any]
) -> None:
    assert "validation error" in agent.error("propose_patch", **arguments)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({}, "one of them"),
        ({"diff": "", "edits": []}, "one of them"),
        ({"diff": "all tests pass"}, "holds no change"),
        ({"edits": []}, "at least one edit"),
        ({"edits": [{"path": "../outside/secret.py", "old": "eval", "new": "x"}]}, "secret.py"),
        ({"edits": [{"path": "/etc/passwd", "old": "root", "new": "x"}]}, "/etc/passwd"),
        ({"edits": [{"path": "libconfig/values.py", "old": "text", "new": "x"}]}, "more than once"),
        ({"diff": "--- a/../out/x.py\n+++ b/../out/x.py\n@@ -1,1 +1,1 @@\n-a\n+b\n"}, "x.py"),
    ],
    ids=range(8),
)  # fmt: skip
def test_what_is_no_patch_is_refused_before_anything_runs(
    agent: Agent, code: str, arguments: dict[str, Any], why: str
) -> None:
    error = agent.error("propose_patch", case=code, **arguments)
    assert error.startswith("bad-usage: ")
    assert why in error


@pytest.mark.parametrize(
    ("driver", "why"),
    [
        ("def attack(canary):\n    import sys\n    sys.audit('x', canary)\n", "one function"),
        ("def drive(value):\n    return eval(value)\nprint('proven')\n", "nothing else"),
        ("def drive(value):\n    if value: return 1\n    return f(value)\n", "branches"),
        ("not python (", "no Python"),
    ],
    ids=range(4),
)  # fmt: skip
def test_what_is_no_driver_is_refused_before_anything_runs(
    agent: Agent, code: str, driver: str, why: str
) -> None:
    error = agent.error("propose_witness", case=code, driver=driver)
    assert error.startswith("bad-usage: ")
    assert why in error
    assert agent.error("propose_witness", case=code).startswith("bad-usage: hand in")


def test_a_driver_that_calls_the_sink_itself_shows_nothing(agent: Agent, code: str) -> None:
    driver = "import libconfig.values as target\ndef drive(value):\n    return eval(value)\n"
    answer = agent.call("propose_witness", case=code, driver=driver)
    assert answer["status"] == "traced"
    assert answer["verdict"]["kind"] in {"inconclusive", "unwitnessed"}
    assert answer["gates"][-1]["number"] == 1


def test_names_that_lead_nowhere_are_typed_errors(agent: Agent, code: str) -> None:
    assert agent.error("show_case", case="code-injection-00000000").startswith(
        "bad-usage: there is no case"
    )
    assert agent.error("show_case", case=code, run="../../etc").startswith("bad-usage: ")
    assert agent.error("stop", run="20260101-000000-0000").startswith("bad-usage: ")
    assert agent.error("prove", case=code, witness_from="x").startswith("bad-usage: ")
    assert "Unknown tool" in agent.error("set_verdict", case=code, verdict="proven")


def test_several_calls_at_once_are_all_answered(agent: Agent) -> None:
    answers: list[Any] = []

    async def one() -> None:
        answers.append(await agent.ask("find", {"target": "libconfig"}))

    async def all_of_them() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(one)

    agent.portal.call(all_of_them)
    assert [answer.is_error for answer in answers] == [False] * 3
    runs = {answer.structured_content["run"] for answer in answers}
    assert len(runs) == 3
    assert len({str(answer.structured_content["findings"]) for answer in answers}) == 1


def test_a_call_that_is_taken_back_leaves_everything_whole(
    agent: Agent, place: Place, code: str
) -> None:
    known = {one["run"] for one in agent.call("status")["runs"]}
    before = place.contents()

    async def taken_back() -> None:
        async with anyio.create_task_group() as group:

            async def asked() -> None:
                await agent.ask("prove", {"case": code})

            group.start_soon(asked)
            agent.told.clear()
            with anyio.fail_after(60):
                while not any(line.startswith("gate 1") for line in agent.told):  # noqa: ASYNC110
                    await anyio.sleep(0.02)
            group.cancel_scope.cancel()

    agent.portal.call(taken_back)
    (run,) = {one["run"] for one in agent.call("status")["runs"]} - known
    for _ in range(200):
        (state,) = agent.call("status", run=run)["runs"]
        if state["state"] not in {"running", "waiting"}:
            break
    assert state["state"] == "cancelled"
    assert "resume" in state["error"]
    assert place.contents() == before
    assert place.program("ledger", "verify", run).returncode == 0
    assert agent.call("find", target="libconfig")["total"] == 2
    assert left_behind(place.state) == []


def left_behind(state: Path) -> list[Path]:
    return [path for run in (state / "runs").iterdir() for path in run.glob("scratch/*")]
