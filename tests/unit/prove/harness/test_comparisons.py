"""Comparisons that tell of themselves answer as those that do not."""

import builtins
import os
from pathlib import Path

import pytest

from countermine.prove.harness import comparisons
from countermine.prove.harness.observer import Observer

SOURCE = b"""
from __future__ import annotations
class Odd:
    def __eq__(self, other):
        return [other]
    def __contains__(self, one):
        return one
    token = "inner"
def run(left, right, settings):
    return (
        left == right, left != right, left in right, left not in right,
        left == "word", left in ("a", "b"), 1 < 2 < 3, left == right == left,
        Odd() == right, left in Odd(), settings["token"] == left,
        settings.get("token") == left, Odd.token == left, left == right.strip(),
        (made := left) == right, made, None == right,
    )
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    monkeypatch.setattr(builtins, comparisons.NAME, None, raising=False)
    loader = comparisons.importlib.machinery.SourceFileLoader
    monkeypatch.setattr(loader, "get_code", loader.get_code, raising=False)
    observer = Observer(f"{tmp_path}/")
    comparisons.watch(f"{tmp_path}/app.py", observer)
    records: list[tuple[str, dict[str, str]]] = []
    observer.start(lambda name, detail: records.append((name, detail)), ())
    return records


def both(folder: Path) -> tuple[object, object]:
    """The results without and with comparisons that tell."""
    results = []
    path = os.fspath(folder / "app.py")
    for code in (compile(SOURCE, path, "exec"), comparisons.telling(SOURCE, path)):
        names: dict[str, object] = {"__name__": "app"}
        exec(code, names)
        run = names["run"]
        assert callable(run)
        results.append(run("left", " right ", {"token": "shared"}))
    return results[0], results[1]


def test_a_comparison_that_tells_answers_the_same(
    told: list[tuple[str, dict[str, str]]], tmp_path: Path
) -> None:
    plain, telling = both(tmp_path)
    assert repr(plain) == repr(telling)
    assert told


def test_each_side_is_called_as_the_code_calls_it(
    told: list[tuple[str, dict[str, str]]], tmp_path: Path
) -> None:
    both(tmp_path)
    seen = [(detail["operator"], detail["left_name"], detail["right_name"]) for _, detail in told]
    assert seen == [
        ("==", "left", "right"),
        ("!=", "left", "right"),
        ("in", "left", "right"),
        ("not in", "left", "right"),
        ("==", "left", "a constant"),
        ("in", "left", "a constant"),
        ("==", "token", "left"),
        ("==", "token", "left"),
        ("==", "token", "left"),
        ("==", "left", "strip"),
        ("==", "", "right"),
    ]


def test_only_the_file_that_is_watched_is_compiled_so(
    told: list[tuple[str, dict[str, str]]], tmp_path: Path
) -> None:
    codes = {}
    for name in ("app", "other"):
        path = tmp_path / f"{name}.py"
        path.write_text("SAME = 'a' == 'b'.upper()\n")
        loader = comparisons.importlib.machinery.SourceFileLoader(name, os.fspath(path))
        codes[name] = loader.get_code(name)
    assert comparisons.NAME in codes["app"].co_names
    assert comparisons.NAME not in codes["other"].co_names
    exec(codes["app"], {})
    assert [detail["right_name"] for _, detail in told] == ["upper"]


def test_a_text_that_is_compared_with_bytes_tells_nothing_but_that(
    told: list[tuple[str, dict[str, str]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparisons.Unlike, "seen", False)
    path = os.fspath(tmp_path / "app.py")
    exec(comparisons.telling(b"given = 'guess' == bytes(2)", path), {})
    assert not told
    assert comparisons.Unlike.seen


def test_bytes_are_told_as_they_are(told: list[tuple[str, dict[str, str]]], tmp_path: Path) -> None:
    path = os.fspath(tmp_path / "app.py")
    exec(comparisons.telling(b"given = b'guess' == bytes([255])", path), {})
    assert [detail["right_data"] for _, detail in told] == ["ff"]
