"""What `countermine mcp` refuses before it serves anybody: one line, and what to do."""

import importlib.metadata
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


def test_without_the_extra_it_says_what_to_install(
    call: Call, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = importlib.metadata.version

    def version(name: str) -> str:
        if name == "mcp":
            raise importlib.metadata.PackageNotFoundError(name)
        return known(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    answer = call("mcp", tree)
    assert answer.code == 5
    assert answer.line == (
        "countermine: `countermine mcp` needs the MCP SDK: install countermine[mcp]"
    )
    monkeypatch.setattr(importlib.metadata, "version", lambda _name: "1.26.0")
    assert call("mcp", tree).code == 5


@pytest.mark.parametrize(
    "address", ["0.0.0.0:8765", "192.168.0.1:8765", "[::]:8765", "example.org:80", "*:80", ":"]
)
def test_no_other_address_than_loopback_can_be_asked_for(
    call: Call, tree: Path, address: str
) -> None:
    answer = call("mcp", tree, "--http", address)
    assert answer.code == 2
    assert "--http" in answer.line


@pytest.mark.parametrize("port", ["", "x", "-1", "65536", "1.5", "²"])
def test_a_port_is_a_number(call: Call, tree: Path, port: str) -> None:
    answer = call("mcp", tree, "--http", port)
    assert answer.code == 2
    assert "0 to 65535" in answer.line


def test_a_port_that_is_taken_is_named(call: Call, tree: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = call("mcp", tree, "--http", str(port))
    assert answer.code == 5
    assert f"127.0.0.1:{port}" in answer.err.splitlines()[-1]


def test_a_token_that_can_be_guessed_is_refused(
    call: Call, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for token in ("secret", "x" * 31, "x" * 40 + " ", "é" * 40):
        monkeypatch.setenv("COUNTERMINE_MCP_TOKEN", token)
        answer = call("mcp", tree, "--http", "0")
        assert answer.code == 2
        assert token not in answer.err


def test_roots_and_settings_are_checked_at_once(call: Call, tree: Path) -> None:
    (tree / "file").write_text("")
    assert call("mcp").code == 2
    for wrong in (tree / "none", tree / "file"):
        answer = call("mcp", wrong)
        assert answer.code == 2
        assert "no directory" in answer.line
    (tree / "odd.toml").write_text("[find]\nlevls = []\n")
    assert "did you mean" in call("mcp", tree, "--config", tree / "odd.toml").line
