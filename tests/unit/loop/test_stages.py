"""The stages of a real run, where nothing of the target is run."""

from pathlib import Path

import pytest

from countermine.core.errors import BadTargetError
from countermine.loop.means import Means
from countermine.loop.records import Opened, RunRequest
from countermine.loop.refusals import unchanged
from countermine.loop.stages import Stages
from countermine.target.fetched import IndexOptions
from countermine.testing.clocks import StillClock


def opened(state: Path, request: RunRequest) -> Opened:
    means = Means(
        state=state, index=IndexOptions(), sandbox=None, clock=StillClock(), scratch=state / "x"
    )
    answer = Stages(means, request).open(request)
    assert isinstance(answer, Opened)
    return answer


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "app.py").write_text("x = 1\n")
    return folder


def asked(tree: Path, typed: str | None) -> RunRequest:
    return RunRequest(run="r", version="1", target=str(tree), typed=typed, started="2026-01-31")


def test_a_directory_is_shown_as_it_was_typed_and_opened_from_anywhere(
    tmp_path: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    target = opened(tmp_path, asked(tree, "./project")).target
    assert (target.spec, target.root) == ("./project", str(tree))


def test_what_was_typed_cannot_steer_the_terminal(tmp_path: Path, tree: Path) -> None:
    assert "\x1b" not in opened(tmp_path, asked(tree, "./pro\x1b[2Jject")).target.spec


def test_a_changed_directory_is_named_in_full(tmp_path: Path, tree: Path) -> None:
    request = asked(tree, ".")
    before = opened(tmp_path, request)
    unchanged(before, request)
    (tree / "app.py").write_text("x = 2\n")
    with pytest.raises(BadTargetError, match=str(tree)):
        unchanged(before, request)
