"""The program on a terminal, as a person has it: colour, width, progress, and none of them."""

import fcntl
import json
import os
import pty
import struct
import sys
import termios
from pathlib import Path

import pytest

from tests.integration.conftest import FLAW


def on_a_terminal(columns: int, words: list[str], **variables: str) -> str:
    """Return what a terminal of that width is sent by a command."""
    child, terminal = pty.fork()
    if child == 0:
        kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        os.execve(words[0], words, {**kept, "TERM": "xterm-256color", **variables})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    said = b""
    try:
        while part := os.read(terminal, 1 << 16):
            said += part
    except OSError:
        pass  # The other end is closed.
    finally:
        os.close(terminal)
        os.waitpid(child, 0)
    return said.decode().replace("\r\n", "\n")


def shown(columns: int, *arguments: str | Path, **variables: str) -> str:
    """Return what the program writes to a terminal of that width."""
    words = [sys.executable, "-m", "countermine", *map(str, arguments)]
    return on_a_terminal(columns, words, **variables)


@pytest.fixture
def flawed(tree: Path, state: Path) -> Path:
    del state
    (tree / "app.py").write_text(FLAW)
    return tree


@pytest.mark.parametrize("columns", [40, 80])
def test_a_search_is_watched_and_then_told_of(flawed: Path, columns: int) -> None:
    said = shown(columns, "find", flawed)
    assert "internal error" not in said
    assert "Reading the target" in said
    assert "\x1b[1mapp.py:5:12\x1b[0m" in said
    assert f"countermine run {flawed}" in said.replace("\n", ""), "a command is not cut"


@pytest.mark.parametrize("off", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_without_colour_nothing_steers_the_text(flawed: Path, off: dict[str, str]) -> None:
    said = shown(80, "find", flawed, "--quiet", "--html", flawed / "out.html", **off)
    assert said == ""
    assert "\x1b[1m" not in shown(80, "find", flawed, **off)
    assert "\x1b[1m" not in shown(80, "find", flawed, "--no-color")


def test_json_is_all_that_standard_output_gets(flawed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    command = 'exec "$0" -m countermine find "$1" --json > "$2"'
    said = on_a_terminal(80, ["/bin/sh", "-c", command, sys.executable, str(flawed), str(out)])
    assert json.loads(out.read_text())["findings"]
    assert "Reading the target" in said
