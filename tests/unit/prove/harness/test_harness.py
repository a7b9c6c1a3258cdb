"""The harness loads in the oldest interpreter of a target, and its records cannot be forged."""

import ast
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.prove.harness import channel, inputs, results

FILES = sorted(Path(channel.__file__).parent.glob("*.py"))
KEY = b"k" * 32


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_written_for_python_3_8(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=(3, 8))
    assert path.name == "__init__.py" or "from __future__ import annotations" in path.read_text()
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            first = name.split(".")[0]
            own = name.startswith("countermine.prove.harness")
            assert own or first in sys.stdlib_module_names, name


def written(*records: tuple[str, dict[str, str]], lost: str | None = "0") -> bytes:
    reading, writing = os.pipe()
    write = channel.writer(writing, KEY)
    for name, detail in records:
        write(name, detail)
    if lost is not None:
        write(channel.CLOSING, {"lost": lost})
    os.close(writing)
    data = b""
    while chunk := os.read(reading, 65536):
        data += chunk
    os.close(reading)
    return data


def test_what_is_written_is_read_again() -> None:
    account = channel.read(written(("open", {"path": "a\nb \udcff"}), ("mark", {})), KEY)
    assert account.closed
    assert account.records == (
        channel.Record("open", {"path": "a\nb \udcff"}),
        channel.Record("mark", {}),
    )


def test_a_record_that_is_missing_is_noticed() -> None:
    lines = written(("one", {}), ("two", {}), ("three", {})).splitlines(keepends=True)
    for at in range(len(lines)):
        account = channel.read(b"".join(lines[:at] + lines[at + 1 :]), KEY)
        assert not account.closed, at


def test_a_record_after_the_end_opens_the_account_again() -> None:
    data = written(("one", {}))
    forged = data.splitlines(keepends=True)[0]
    assert not channel.read(data + forged, KEY).closed


def test_records_under_another_key_are_garbage() -> None:
    account = channel.read(written(("open", {})), b"x" * 32)
    assert (account.records, account.closed, account.garbage) == ((), False, 2)


def test_records_that_were_dropped_are_admitted() -> None:
    assert not channel.read(written(("open", {}), lost="2"), KEY).closed


@given(st.binary(max_size=200))
def test_noise_never_closes_an_account(noise: bytes) -> None:
    assert not channel.read(noise, KEY).closed


@given(st.text(max_size=50))
def test_an_encoding_keeps_the_bytes(text: str) -> None:
    import base64  # noqa: PLC0415 - the two names below are what is compared

    data = inputs.as_bytes(text.replace("\ud800", ""))
    assert base64.b64decode(inputs.encoded(text.replace("\ud800", ""), "base64")) == data


def test_results_are_the_same_from_run_to_run() -> None:
    class Thing:
        def __init__(self) -> None:
            self.name = "a"

    text = results.described([Thing(), {"b", "a"}, object(), Thing])
    told = results.normalised(f"{text} at 0x7f00aabbccdd in /scratch/x", "/scratch")
    assert "{'a', 'b'}" in told
    assert "<Thing {'name': 'a'}>" in told
    assert "{address} in {base}/x" in told
    assert "0x7f" not in told
