"""A recorded run can be repeated without any model."""

from pathlib import Path

import pytest

from countermine.core.errors import BadUsageError, EnvironmentLacksError
from countermine.core.models import CallOutcome
from countermine.models.recording import Recording, Replaying
from countermine.models.transport import Fault, Said
from countermine.ports.model import Answered, Unanswered
from countermine.testing.models import Heard, ScriptedTransport, said
from tests.unit.models.asked import Bench, question, settings


def _script(heard: Heard) -> Said | Fault:
    if heard.name == "first":
        return Fault(outcome=CallOutcome.OVERLOADED, reason="busy", wait_s=1.0)
    if "wrong" in heard.request.user:
        return said('{"word": "yes"}', serving="second")
    return said("no JSON", serving="second")


def test_a_replay_says_and_records_what_the_recorded_run_did(tmp_path: Path) -> None:
    bench = Bench(folder=tmp_path, settings=settings(["first", "second"]), script=_script)
    recorded = bench.another(Recording(bench.transport, tmp_path / "record.jsonl"))
    first = recorded.ask(question())
    again = Bench(folder=tmp_path / "again", settings=bench.settings, script=[])
    again.folder.mkdir()
    replayed = again.another(Replaying(tmp_path / "record.jsonl")).ask(question())
    assert isinstance(first, Answered)
    assert isinstance(replayed, Answered)
    assert (first.answer, first.model) == (replayed.answer, replayed.model)
    assert again.store.calls() == bench.store.calls()
    assert again.transport.heard == []


def test_a_question_that_was_not_recorded_has_no_answer(tmp_path: Path) -> None:
    bench = Bench(folder=tmp_path, settings=settings(["first"]), script=[])
    record = tmp_path / "record.jsonl"
    record.write_bytes(b"")
    reply = bench.another(Replaying(record)).ask(question())
    assert isinstance(reply, Unanswered)
    assert [call.outcome for call in reply.calls] == [CallOutcome.NOT_RECORDED]


@pytest.mark.parametrize("line", [b"{}", b"\xff", b"[1]", b'{"request": 1, "said": {"a": 1}}'])
def test_a_record_that_is_none_is_told_with_its_line(tmp_path: Path, line: bytes) -> None:
    record = tmp_path / "record.jsonl"
    record.write_bytes(line + b"\n")
    with pytest.raises(BadUsageError, match="line 1, is no line of a record"):
        Replaying(record)


def test_a_record_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadUsageError, match="cannot read the record"):
        Replaying(tmp_path / "nowhere.jsonl")


def test_a_record_that_cannot_be_written_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    inner = ScriptedTransport([])
    with pytest.raises(EnvironmentLacksError, match="cannot write the record"):
        Recording(inner, tmp_path / "nowhere" / "record.jsonl")
    assert inner.heard == []
