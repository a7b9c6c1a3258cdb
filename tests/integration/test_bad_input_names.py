"""Odd things in a tree: names, devices, depth; and what of them reaches a terminal or a page."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from countermine.sandbox.trees import clear
from tests.integration.conftest import FLAW, Answer, Call

FINDINGS = 1

MARKUP = "<img src=x onerror=alert(1)>'\"&.py"
STEERING = "\x1b[2J\x07\n\u202e.py"
"""Clears the terminal, rings, breaks the line and turns text around; only its name is told."""

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def program(state: Path) -> Call:
    """The program as a process of its own."""

    def called(*arguments: str | Path) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "countermine", *map(str, arguments)],
            env={**os.environ, "COUNTERMINE_STATE": str(state), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Answer(code=done.returncode, out=done.stdout, err=done.stderr)

    return called


@pytest.fixture
def odd(tree: Path) -> Path:
    """A tree with odd names and odd text in it, and a flaw in each file."""
    (tree / MARKUP).write_text(FLAW)
    (tree / STEERING).write_text(FLAW)
    (tree / "quoted.py").write_text(
        "import os, sys\n\n\ndef main():\n"
        "    os.system('</script><script>alert(2)</script>\x1b[31m' + sys.argv[1])\n"
    )
    return tree


@pytest.mark.parametrize("options", [[], ["--verbose"], ["--json"], ["--no-color"]])
def test_nothing_of_the_target_steers_a_terminal(
    program: Call, odd: Path, options: list[str]
) -> None:
    answer = program("find", odd, *options)
    assert answer.code == FINDINGS
    assert CONTROL.findall(answer.out + answer.err) == []


def test_nothing_of_the_target_is_markup_in_a_page(
    program: Call, odd: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    program("find", odd, "--html", page, "--quiet")
    text = page.read_text("utf-8")
    parsed = LexborHTMLParser(text)
    assert parsed.css("script, img, iframe, object, embed, link[href]") == []
    assert CONTROL.findall(text) == []
    assert "alert(1)" in text
    assert "\\x1b[2J" in text
    assert "alert(2)" in text


def test_nothing_of_the_target_breaks_sarif(program: Call, odd: Path, tmp_path: Path) -> None:
    sarif = tmp_path / "out.sarif"
    program("find", odd, "--sarif", sarif, "--quiet")
    text = sarif.read_text("utf-8")
    assert CONTROL.findall(text) == []
    (run,) = json.loads(text)["runs"]
    assert len(run["results"]) == 2


def test_devices_are_neither_opened_nor_hidden(program: Call, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    # Whoever may not make a device has a link to one, which is no better.
    if os.geteuid() == 0:
        os.mknod(tree / "device.py", 0o20600, os.makedev(1, 5))
    else:
        (tree / "device.py").symlink_to("/dev/zero")
    answer = program("find", tree, "--json")
    document = json.loads(answer.out)
    assert [item["location"]["path"] for item in document["findings"]] == ["app.py"]
    assert [entry["path"] for entry in document["coverage"]["entries"]] == ["device.py"]


@pytest.fixture
def deep(tree: Path) -> Iterator[Path]:
    """A tree with a folder below more folders than a path can name."""
    (tree / "app.py").write_text(FLAW)
    here = os.open(".", os.O_RDONLY)
    os.chdir(tree)
    try:
        for _ in range(1500):
            Path("folder").mkdir()
            os.chdir("folder")
        Path("inner.py").write_text(FLAW)
        os.fchdir(here)
        yield tree
    finally:
        os.fchdir(here)
        os.close(here)
        inside = os.open(tree, os.O_RDONLY)
        clear(inside)
        os.close(inside)


def test_folders_nested_without_end_stand_in_the_coverage(program: Call, deep: Path) -> None:
    answer = program("find", deep, "--json")
    document = json.loads(answer.out)
    assert [item["location"]["path"] for item in document["findings"]] == ["app.py"]
    (entry,) = document["coverage"]["entries"]
    assert "cannot be read" in entry["reason"]


@pytest.mark.slow
def test_a_hundred_thousand_files_end_in_time(program: Call, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    for folder in range(100):
        first = tree / f"p{folder:02}" / "m0.py"
        first.parent.mkdir()
        first.write_text("x = 1\n")
        for file in range(1, 1_000):
            # A second name is made much faster than a file.
            os.link(first, first.with_name(f"m{file}.py"))
    try:
        # The fixture gives up after two minutes.
        document = json.loads(program("find", tree, "--json").out)
    finally:
        inside = os.open(tree, os.O_RDONLY)
        clear(inside)
        os.close(inside)
    assert [item["location"]["path"] for item in document["findings"]] == ["app.py"]
