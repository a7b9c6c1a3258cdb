"""Paths stay inside the roots, whatever they are called and wherever links lead."""

from pathlib import Path

import pytest

from countermine.core.errors import BadTargetError, BadUsageError
from countermine.core.targets import Target, TargetKind
from countermine.serve.mcp.roots import Roots, roots_of


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    for name in ("one/inner", "two", "outside"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "one/file.py").write_text("")
    (tmp_path / "one/out").symlink_to(tmp_path / "outside")
    (tmp_path / "one/in").symlink_to(tmp_path / "two")
    (tmp_path / "one/loop").symlink_to(tmp_path / "one/loop")
    (tmp_path / "alias").symlink_to(tmp_path / "one")
    return roots_of((tmp_path / "alias", tmp_path / "two"))


def test_a_target_is_a_directory_within_a_root(roots: Roots, tmp_path: Path) -> None:
    assert roots.target(".") == tmp_path / "one"
    assert roots.target("inner") == tmp_path / "one/inner"
    assert roots.target(str(tmp_path / "two")) == tmp_path / "two"
    assert roots.target("in") == tmp_path / "two"
    assert roots.target("inner/../../two") == tmp_path / "two"


@pytest.mark.parametrize(
    "written", ["..", "out", "loop", "file.py", "none", "/", "/etc", "a\0b", "x" * 5000, "~"]
)
def test_what_is_outside_is_said_not_to_be_there(roots: Roots, written: str) -> None:
    with pytest.raises(BadTargetError, match="no directory within the roots") as caught:
        roots.target(written)
    assert len(str(caught.value)) < 300


def test_only_runs_about_directories_within_the_roots_are_served(
    roots: Roots, tmp_path: Path
) -> None:
    def about(root: Path, kind: TargetKind = TargetKind.DIRECTORY) -> Target:
        return Target(kind=kind, spec="x", name="x", root=str(root), revision=None, digest="0")

    assert roots.serve(about(tmp_path / "one/inner"))
    assert not roots.serve(about(tmp_path / "outside"))
    assert not roots.serve(about(tmp_path / "gone"))
    assert not roots.serve(about(tmp_path / "one", TargetKind.PYPI))


def test_a_root_is_a_directory_that_is_there(tmp_path: Path) -> None:
    for wrong in ((), (tmp_path / "none",), (tmp_path / "file",)):
        (tmp_path / "file").write_text("")
        with pytest.raises(BadUsageError):
            roots_of(wrong)
