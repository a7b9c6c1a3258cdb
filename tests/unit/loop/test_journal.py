from pathlib import Path

from countermine.ledger.file import FileLedger, read_entries
from countermine.loop.codec import Json
from countermine.loop.journal import Journal, unwritten
from countermine.testing.clocks import StillClock

STEPS: dict[str, Json] = {
    "open": {"kind": "opened"},
    "find": {"findings": []},
    "admit a": True,
    "judge a": {"verdict": {"kind": "proven"}},
    "judge a attempt 2": {"verdict": {"kind": "proven"}},
}


def written(path: Path) -> list[bytes]:
    journal = Journal(FileLedger(path, run="r", clock=StillClock()), "r")
    for step, result in STEPS.items():
        journal.record(step, result, 1)
    return path.read_bytes().splitlines(keepends=True)


def test_a_whole_ledger_tells_of_every_step(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    written(path)
    assert unwritten(STEPS, "r", read_entries(path)) == ()


def test_a_cut_or_emptied_ledger_lacks_the_steps_that_were_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = written(path)
    path.write_bytes(b"".join(lines[:3]))
    assert unwritten(STEPS, "r", read_entries(path)) == ("judge a", "judge a attempt 2")
    path.write_bytes(b"")
    assert unwritten(STEPS, "r", read_entries(path)) == tuple(STEPS)


def test_an_entry_of_a_step_that_was_killed_before_its_record_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    written(path)
    recorded = {step: STEPS[step] for step in list(STEPS)[:-1]}
    assert unwritten(recorded, "r", read_entries(path)) == ()


def test_an_entry_about_another_result_does_not_stand_for_a_step(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    written(path)
    other = STEPS | {"find": {"findings": [], "notes": ["another"]}}
    assert unwritten(other, "r", read_entries(path)) == ("find",)


def test_what_the_workflow_engine_records_for_itself_needs_no_entry(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    written(path)
    assert unwritten({**STEPS, "DBOS.getResult": "x"}, "r", read_entries(path)) == ()
