"""A sample of the trees of bench/mutation: generated, mutated and hostile modules."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import search_trees
from grown_programs import Grower
from hostile import SHAPES, Tree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutation import Searched, table
from trees import case

from tests.unit.find.conftest import Find

SAMPLE = 80
"""Trees: some two hundred modules."""


def searched(folder: Path, hash_seed: str, *words: str) -> list[dict[str, object]]:
    program = str(Path(search_trees.__file__))
    done = subprocess.run(
        [sys.executable, program, "1", "0", str(SAMPLE), str(folder), *words],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_tree_is_answered_and_twice_the_same(tmp_path: Path) -> None:
    one, two = (
        searched(tmp_path / "tree", "1"),
        searched(tmp_path / "tree", "2", "backwards"),
    )
    assert {line["outcome"] for line in one} == {"answered"}
    assert [line["answer"] for line in one] == [line["answer"] for line in two]
    assert sum(int(str(line["modules"])) for line in one) > 150
    assert any(not str(line["answer"]).startswith("0 ") for line in one)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@pytest.mark.parametrize("size", [1, 30])
def test_every_hostile_shape_is_answered(
    tmp_path: Path, shape: Callable[[int], Tree], size: int
) -> None:
    for name, text in shape(size).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    assert search_trees.answer(tmp_path, backwards=False)


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(chance=st.randoms(use_true_random=False))
def test_any_program_that_grows_is_answered(find: Find, chance: random.Random) -> None:
    grower = Grower(chance, ("one", "two"))
    result = find({"one.py": grower.module(), "two.py": grower.module()})
    assert result.coverage.files == 2


def test_what_crashed_or_differs_is_counted() -> None:
    def line(number: int, outcome: str, answer: str) -> Searched:
        return Searched(
            number=number,
            family="grown",
            modules=2,
            outcome=outcome,
            answer=answer,
            cpu_s=1.0,
            peak_mb=1,
        )

    forwards = [
        line(0, "answered", "3 a"),
        line(1, "answered", "0 a"),
        line(2, "crashed", "KeyError"),
    ]
    backwards = [line(0, "answered", "3 a"), line(1, "answered", "0 b"), line(2, "answered", "1 a")]
    said, failures = table(forwards, backwards)
    assert failures == 2
    assert "| all | 3 | 6 | 3 | 1 | 0 | 1 |" in said


def test_a_number_gives_the_same_tree_each_time() -> None:
    assert case(1, 4) == case(1, 4)
    assert case(1, 4).files != case(2, 4).files
