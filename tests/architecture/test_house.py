"""Walls that the import contracts cannot see."""

from pathlib import Path

from countermine.weaknesses.facts_index import ALL_FACTS
from countermine.weaknesses.registry import BUILT_IN

SOURCE = Path(__file__).parents[2] / "src" / "countermine"

MOST_LINES = 600
"""A file is about one thing: past 400 lines think, past 600 split."""


def test_every_weakness_folder_is_built_in_and_the_other_way_round() -> None:
    folders = {
        path.name.replace("_", "-")
        for path in (SOURCE / "weaknesses").iterdir()
        if path.is_dir() and path.name != "__pycache__"
    }
    assert folders == {weakness.facts.id for weakness in BUILT_IN}
    assert folders == {facts.id for facts in ALL_FACTS}


def test_no_room_outgrows_its_subject() -> None:
    sizes = {path: path.read_bytes().count(b"\n") for path in SOURCE.rglob("*.py")}
    assert {str(path): size for path, size in sizes.items() if size > MOST_LINES} == {}


def test_package_files_reexport_nothing() -> None:
    for path in SOURCE.rglob("__init__.py"):
        assert "import " not in path.read_text(encoding="utf-8"), path
