"""Files that a legitimate use looks for hold what suits their name, or what the target reads."""

from pathlib import Path

import pytest

from countermine.prove.harness.scratch import OTHER_CONTENTS, provide


@pytest.mark.parametrize(
    ("name", "expected"), [("a.json", b"{}\n"), ("a.txt", b"countermine control\n")]
)
def test_the_name_says_the_content(tmp_path: Path, name: str, expected: bytes) -> None:
    provide([str(tmp_path / name)], [], {})
    assert (tmp_path / name).read_bytes() == expected


def test_another_content_takes_its_place_where_that_is_not_what_is_read(tmp_path: Path) -> None:
    for _, content in OTHER_CONTENTS:
        provide([str(tmp_path / "a.json")], [], {}, content)
        assert (tmp_path / "a.json").read_bytes() == content


def test_what_a_stimulus_brings_goes_before_both(tmp_path: Path) -> None:
    path = str(tmp_path / "a.json")
    provide([path], [], {path: b"brought"}, b"1\n")
    assert (tmp_path / "a.json").read_bytes() == b"brought"
