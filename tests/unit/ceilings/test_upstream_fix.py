"""Upstream's fix is told from all else that two releases differ in."""

from pathlib import Path

import pytest
from upstream_fix import edits_of

OLD = """\
import os

VERSION = "1.0"


def load(name):
    path = os.path.join(ROOT, name)
    return open(path)


def between():
    return None


def other():
    return 1
"""
NEW = """\
import os
import re

VERSION = "1.1"


def load(name):
    path = os.path.join(ROOT, checked(name))
    return open(path)


def checked(name):
    if not re.fullmatch(r"[a-z]+", name):
        raise ValueError(name)
    return name


def between():
    return None


def other():
    return 2
"""


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    for name, text in (("vulnerable", OLD), ("fixed", NEW)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_text(text)
    return tmp_path / "vulnerable", tmp_path / "fixed"


def patched(trees: tuple[Path, Path], *changed: tuple[int, int]) -> str:
    item = {"locations": [{"file": "app.py", "start": 6, "end": 8, "changed": changed}]}
    text = (trees[0] / "app.py").read_text()
    for edit in edits_of(item, *trees):
        assert text.count(edit.search) == 1, "an edit names its place"
        text = text.replace(edit.search, edit.replace)
    return text


def test_hunks_at_the_changed_lines_come_with_what_they_need(trees: tuple[Path, Path]) -> None:
    fixed = NEW.replace('"1.1"', '"1.0"').replace("return 2", "return 1")
    assert patched(trees, (7, 7)) == fixed


def test_what_a_release_changes_elsewhere_is_left_out(trees: tuple[Path, Path]) -> None:
    assert patched(trees, (16, 16)) == OLD.replace("return 1", "return 2")


def test_a_file_that_the_fix_takes_away_is_no_edit(trees: tuple[Path, Path]) -> None:
    (trees[1] / "app.py").unlink()
    assert patched(trees, (7, 7)) == OLD
