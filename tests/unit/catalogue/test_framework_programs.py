"""What comes in through a framework does harm in a flawed program, and none in its twin."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from countermine.catalogue.loader import load
from countermine.catalogue.schema import Catalogue
from countermine.core.inventory import FileRole, Inventory, SourceFile
from countermine.core.spans import TreePath
from countermine.find.flows import find_flows
from countermine.find.request import FindRequest
from countermine.ports.progress import Silent
from countermine.weaknesses.facts_index import ALL_FACTS

DOCUMENTS = ("web_programs.toml", "message_programs.toml", "local_programs.toml")


def programs() -> Iterator[dict[str, str]]:
    for name in DOCUMENTS:
        text = Path(__file__).with_name(name).read_text(encoding="utf-8")
        yield from tomllib.loads(text)["program"]


@cache
def catalogue() -> Catalogue:
    return load()


def found_in(folder: Path, code: str) -> set[tuple[str, str | None]]:
    """Return the weaknesses in a module and the levels of their sources."""
    (folder / "case.py").write_text(code, encoding="utf-8")
    file = SourceFile(path=TreePath("case.py"), size_bytes=len(code), role=FileRole.SOURCE)
    inventory = Inventory(root=str(folder), files=(file,), skipped=())
    request = FindRequest(inventory=inventory, catalogue=catalogue(), weaknesses=ALL_FACTS)
    return {(str(one.weakness), one.level) for one in find_flows(request, Silent()).findings}


@pytest.mark.parametrize("program", list(programs()), ids=lambda program: program["name"])
def test_what_a_framework_hands_over_is_followed(program: dict[str, str], tmp_path: Path) -> None:
    flawed = program["code"].replace("<here>", program["flawed"])
    quiet = program["code"].replace("<here>", program["quiet"])
    level = program.get("level", "remote")
    assert found_in(tmp_path, flawed) == {(program["weakness"], level)}
    assert found_in(tmp_path, quiet) == set()
