"""Caps hold whatever happens at once, and nothing that was said is lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermine.core.models import CallOutcome, Lack, ModelCall, ModelTask, ModelUsage, Undone
from countermine.loop.calls.store import CUT_OFF, SqliteCalls
from countermine.ports.calls import Amount, Bound, Crossed, Kept, Ticket

CALL = ModelCall(
    task=ModelTask.PATCH,
    case="case-1",
    entry="first",
    requested="big",
    serving=None,
    outcome=CallOutcome.UNREACHABLE,
    request_sha256="0" * 64,
)
KEPT = Kept(
    text="{}", serving="big", truncated=False, refused=False, input_tokens=1, output_tokens=1
)
ONE = Amount(micro_usd=10, tokens=20, calls=1, milliseconds=100)


@pytest.mark.parametrize(
    ("bound", "measure"),
    [
        (Bound(name="run", micro_usd=9), "money"),
        (Bound(name="run", tokens=19), "tokens"),
        (Bound(name="run", calls=0), "calls"),
        (Bound(name="run", milliseconds=99), "time"),
    ],
)
def test_what_would_cross_a_bound_is_not_reserved(
    tmp_path: Path, bound: Bound, measure: str
) -> None:
    store = SqliteCalls(tmp_path / "calls.sqlite")
    assert store.reserve(CALL, ONE, (bound,)) == Crossed(bound="run", measure=measure)
    assert store.calls() == ()


def test_a_bound_counts_only_calls_of_its_scope(tmp_path: Path) -> None:
    store = SqliteCalls(tmp_path / "calls.sqlite")
    other = replace(CALL, case="case-2", task=ModelTask.EXPLAIN)
    assert isinstance(store.reserve(other, ONE, ()), Ticket)
    mine = Bound(name="case", case="case-1", calls=1)
    task = Bound(name="task patch", task=ModelTask.PATCH, calls=1)
    assert isinstance(store.reserve(CALL, ONE, (mine, task)), Ticket)
    assert isinstance(store.reserve(CALL, ONE, (mine,)), Crossed)
    assert isinstance(store.reserve(CALL, ONE, (task,)), Crossed)


def test_what_was_not_used_can_be_reserved_again(tmp_path: Path) -> None:
    store = SqliteCalls(tmp_path / "calls.sqlite")
    bound = Bound(name="run", tokens=25)
    ticket = store.reserve(CALL, ONE, (bound,))
    assert isinstance(ticket, Ticket)
    assert isinstance(store.reserve(CALL, ONE, (bound,)), Crossed)
    used = replace(
        CALL, outcome=CallOutcome.ANSWERED, usage=ModelUsage(input_tokens=2, output_tokens=3)
    )
    store.settle(ticket, used, KEPT)
    assert isinstance(store.reserve(CALL, ONE, (bound,)), Ticket)


def test_what_a_killed_process_had_reserved_counts_as_spent(tmp_path: Path) -> None:
    store = SqliteCalls(tmp_path / "calls.sqlite")
    store.reserve(CALL, ONE, ())
    store.recover()
    (call,) = store.calls()
    assert (call.reason, call.usage.micro_usd) == (CUT_OFF, 10)
    assert isinstance(store.reserve(CALL, ONE, (Bound(name="run", micro_usd=19),)), Crossed)


def test_answers_are_kept_by_request_entry_and_model(tmp_path: Path) -> None:
    store = SqliteCalls(tmp_path / "calls.sqlite")
    assert store.kept("0" * 64, "first", "big") is None
    ticket = store.reserve(CALL, ONE, ())
    assert isinstance(ticket, Ticket)
    odd = replace(KEPT, text="half \ud800 a character")
    store.settle(ticket, replace(CALL, outcome=CallOutcome.ANSWERED), odd)
    kept = store.kept("0" * 64, "first", "big")
    assert kept == replace(KEPT, text="half ? a character")
    assert store.kept("0" * 64, "first", "small") is None
    assert store.kept("0" * 64, "second", "big") is None


def test_what_no_model_did_is_on_record_until_one_does(tmp_path: Path) -> None:
    store = SqliteCalls(tmp_path / "calls.sqlite")
    assert store.lacks() == ()
    store.lacking(None, ModelTask.HYPOTHESISE, Lack.GONE, "withdrawn")
    store.lacking("case-1", ModelTask.PATCH, Lack.GONE, "withdrawn")
    store.answered("case-1", ModelTask.PATCH)
    assert store.lacks() == (
        Undone(case=None, task=ModelTask.HYPOTHESISE, lack=Lack.GONE, reason="withdrawn"),
    )


IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Thousands of transactions, each of which would wait for the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What one worker does next."""

    case: int
    worst: int
    used: int
    dies: bool


MOVES = st.lists(
    st.builds(
        Move,
        case=st.integers(1, 2),
        worst=st.integers(1, 8),
        used=st.integers(0, 8),
        dies=st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=1_000, deadline=None)
@given(moves=MOVES, run=st.integers(0, 20), case=st.integers(0, 12), calls=st.integers(0, 6))
def test_no_schedule_of_workers_crosses_a_cap(
    moves: list[Move], run: int, case: int, calls: int
) -> None:
    """A worker that dies never settles; what it reserved goes on counting. Two processes work."""
    with TemporaryDirectory(dir=IN_MEMORY) as folder:
        file = Path(folder) / "calls.sqlite"
        processes = (SqliteCalls(file), SqliteCalls(file))

        def work(move: Move) -> None:
            store = processes[move.worst % 2]
            name = f"case-{move.case}"
            call = replace(CALL, case=name)
            worst = Amount(micro_usd=move.worst, tokens=move.worst, calls=1, milliseconds=1)
            bounds = (
                Bound(name="run", micro_usd=run, calls=calls),
                Bound(name="case", case=name, tokens=case),
            )
            ticket = store.reserve(call, worst, bounds)
            if isinstance(ticket, Crossed) or move.dies:
                return
            # No answer uses more than the worst that was reserved for it.
            used = min(move.used, move.worst)
            usage = ModelUsage(input_tokens=used, micro_usd=used)
            store.settle(ticket, replace(call, usage=usage), None)

        with ThreadPoolExecutor(3) as workers:
            list(workers.map(work, moves))
        processes[0].recover()
        done = processes[1].calls()
        assert len(done) <= calls
        assert sum(call.usage.micro_usd for call in done) <= run
        for number in (1, 2):
            mine = [call for call in done if call.case == f"case-{number}"]
            assert sum(call.usage.input_tokens for call in mine) <= case
