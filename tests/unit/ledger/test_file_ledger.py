import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.core.errors import CountermineError, EnvironmentLacksError
from countermine.ledger.chain import Broken, check
from countermine.ledger.file import FileLedger, verify
from countermine.testing.clocks import StillClock


def ledger(path: Path) -> FileLedger:
    return FileLedger(path, run="r1", clock=StillClock())


def filled(path: Path, count: int = 4) -> list[bytes]:
    book = ledger(path)
    for number in range(count):
        book.append(actor="countermine", action="found", subject=f"case-{number}", facts={"n": "1"})
    return path.read_bytes().splitlines(keepends=True)


def test_entries_are_chained_and_verified(tmp_path: Path) -> None:
    lines = filled(tmp_path / "ledger.jsonl")
    assert verify(tmp_path / "ledger.jsonl") == 4
    assert json.loads(lines[1])["previous"] == json.loads(lines[0])["hash"]


def test_a_changed_entry_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = filled(path)
    path.write_bytes(b"".join([*lines[:2], lines[2].replace(b"case-2", b"case-9"), lines[3]]))
    broken = verify(path)
    assert isinstance(broken, Broken)
    assert (broken.line, "changed" in broken.reason) == (3, True)


def test_a_dropped_entry_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = filled(path)
    path.write_bytes(b"".join([lines[0], *lines[2:]]))
    broken = verify(path)
    assert isinstance(broken, Broken)
    assert broken.line == 2


@given(position=st.integers(min_value=0), byte=st.integers(min_value=0, max_value=255))
def test_no_single_byte_can_be_changed_unseen(
    tmp_path_factory: pytest.TempPathFactory, position: int, byte: int
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    content = bytearray(b"".join(filled(path, count=2)))
    where = position % len(content)
    before = bytes(content)
    content[where] = byte
    lines = bytes(content).splitlines(keepends=True)
    if bytes(content) == before:
        assert check(lines) is None
    else:
        assert check(lines) is not None


def test_a_torn_last_line_is_cut_off_when_the_ledger_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = filled(path)
    path.write_bytes(b"".join(lines) + b'{"sequence": 4, "ru')
    assert isinstance(verify(path), Broken)
    ledger(path).append(actor="user", action="resumed", subject="r1", facts={})
    assert verify(path) == 5


def test_a_ledger_that_does_not_hold_is_not_added_to(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = filled(path)
    path.write_bytes(b"".join(lines[1:]))
    with pytest.raises(CountermineError, match="does not hold at line 1"):
        ledger(path)


def test_the_same_step_carried_out_again_is_recorded_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    filled(path)
    filled(path)
    assert verify(path) == 4


def test_a_file_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    book = ledger(tmp_path / "gone" / "ledger.jsonl")
    with pytest.raises(EnvironmentLacksError, match="cannot write the ledger") as caught:
        book.append(actor="user", action="x", subject="y", facts={})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "line", [b"[]\n", b"{}\n", b"nonsense\n", b'{"sequence":"x"}\n', b"\xff\n"]
)
def test_what_is_no_entry_is_refused(line: bytes) -> None:
    assert check([line]) is not None
