"""Rows that models gave are kept as TOML that a user can read, change and copy."""

import tomllib
from pathlib import Path

import pytest

from countermine.catalogue.loader import parse_rows
from countermine.core.errors import BadUsageError
from countermine.find.specify.specify import LearntLibrary
from countermine.loop.kept_rows import FOLDER, as_toml, keep_rows, read_kept

KEPT = '[kept]\nlibrary="a"\nversion="1"\nmodel="m"\n'
LEARNT = LearntLibrary(
    library="quarrydb",
    version="1.2",
    model='the "best" one',
    rows={
        "sink": [
            {"name": "quarrydb.run", "kind": "sql", "argument": [0, "text"], "note": 'a "b" \\ c'}
        ],
        "type": [{"name": "quarrydb.connect", "returns": "quarrydb.Client"}],
    },
)


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    (file,) = keep_rows(tmp_path, (LEARNT,))

    assert file == tmp_path / FOLDER / "quarrydb-1.2.toml"
    assert read_kept(tmp_path) == (LEARNT,)


def test_the_tables_are_those_of_a_configuration() -> None:
    text = as_toml(LEARNT)

    assert "[[catalogue.sink]]\n" in text
    rows = parse_rows(tomllib.loads(text)["catalogue"], "test")
    assert rows.sinks[0].names == ("quarrydb.run",)


def test_rows_of_no_known_version_are_not_kept(tmp_path: Path) -> None:
    unknown = LearntLibrary(library="quarrydb", version="", model="m", rows={})

    assert keep_rows(tmp_path, (unknown,)) == ()
    assert read_kept(tmp_path) == ()


def test_a_version_cannot_choose_where_its_file_is(tmp_path: Path) -> None:
    odd = LearntLibrary(library="quarrydb", version="../../x", model="m", rows={})
    (file,) = keep_rows(tmp_path, (odd,))

    assert file.parent == tmp_path / FOLDER


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nonsense", "no file of kept rows"),
        ("[catalogue]\n", "no file of kept rows"),
        (
            KEPT + '[[catalogue.sanitizer]]\nname="a.b"\nkinds=["*"]\n',
            "no model may give",
        ),
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, text: str, why: str) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / "a-1.toml").write_text(text)

    with pytest.raises(BadUsageError, match=why):
        read_kept(tmp_path)
