"""What comes in through a framework does harm in a flawed program, and none in its twin."""

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from countermine.catalogue.loader import load
from countermine.catalogue.schema import Catalogue
from countermine.core.findings import Finding
from countermine.core.inventory import FileRole, Inventory, SourceFile
from countermine.core.spans import TreePath
from countermine.find.flows import find_flows
from countermine.find.request import FindRequest
from countermine.ports.progress import Silent
from countermine.weaknesses.facts_index import ALL_FACTS

DOCUMENTS = ("web_programs.toml", "message_programs.toml", "local_programs.toml")


FRAMEWORKS = tomllib.loads(
    Path(__file__).with_name("request_parts.toml").read_text(encoding="utf-8")
)["framework"]


def programs() -> Iterator[dict[str, str]]:
    for name in DOCUMENTS:
        text = Path(__file__).with_name(name).read_text(encoding="utf-8")
        yield from tomllib.loads(text)["program"]


@cache
def catalogue() -> Catalogue:
    return load()


def findings_in(folder: Path, code: str) -> Sequence[Finding]:
    """Return what is found in a module."""
    (folder / "case.py").write_text(code, encoding="utf-8")
    file = SourceFile(path=TreePath("case.py"), size_bytes=len(code), role=FileRole.SOURCE)
    inventory = Inventory(root=str(folder), files=(file,), skipped=())
    request = FindRequest(inventory=inventory, catalogue=catalogue(), weaknesses=ALL_FACTS)
    return find_flows(request, Silent()).findings


def found_in(folder: Path, code: str) -> set[tuple[str, str | None]]:
    """Return the weaknesses in a module and the levels of their sources."""
    return {(str(one.weakness), one.level) for one in findings_in(folder, code)}


@pytest.mark.parametrize("program", list(programs()), ids=lambda program: program["name"])
def test_what_a_framework_hands_over_is_followed(program: dict[str, str], tmp_path: Path) -> None:
    flawed = program["code"].replace("<here>", program["flawed"])
    quiet = program["code"].replace("<here>", program["quiet"])
    level = program.get("level", "remote")
    assert found_in(tmp_path, flawed) == {(program["weakness"], level)}
    assert found_in(tmp_path, quiet) == set()


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda framework: framework["name"])
def test_each_part_of_a_request_is_an_input(framework: dict[str, Any], tmp_path: Path) -> None:
    uses = [f"eval({part})" for part in (*framework["parts"], *framework["harmless"])]
    head, _, _ = framework["code"].partition("<here>")
    indent = head.rpartition("\n")[2]
    code = framework["code"].replace("<here>", f"\n{indent}".join(uses))
    places = (one.location for one in findings_in(tmp_path, code) if one.level == "remote")
    found = {code.encode()[place.start_byte : place.end_byte].decode() for place in places}
    assert found == set(uses[: len(framework["parts"])])
