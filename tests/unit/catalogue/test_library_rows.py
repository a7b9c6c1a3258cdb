"""A dangerous use of each library is found, and the use beside it that is harmless is not."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from textwrap import indent
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

HEAD = "from flask import request\n{imports}\n\ndef view(given):\n    value = request.args['x']\n"

USES, KINDS, PASSING = (
    tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    for name in ("library_uses.toml", "sink_uses.toml", "passing.toml")
)


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


def written(imports: str, line: str) -> str:
    return HEAD.format(imports=imports) + indent(line, "    ") + "\n"


@pytest.mark.parametrize("use", [*USES["use"], *KINDS["use"]], ids=lambda use: use["flawed"])
def test_a_dangerous_use_is_found_and_its_harmless_twin_is_not(
    use: dict[str, str], tmp_path: Path
) -> None:
    flawed = found_in(tmp_path, written(use["imports"], use["flawed"]))
    assert {name for name, _ in flawed} == {use["weakness"]}
    assert found_in(tmp_path, written(use["imports"], use["quiet"])) == set()


@pytest.mark.parametrize("entry", USES["entry"], ids=lambda entry: entry["name"])
def test_what_comes_in_through_a_library_is_remote(entry: dict[str, str], tmp_path: Path) -> None:
    assert found_in(tmp_path, entry["code"]) == {("code-injection", "remote")}


@pytest.mark.parametrize("passing", PASSING["passing"], ids=lambda passing: passing["imports"])
def test_what_is_made_of_a_value_comes_from_where_it_did(
    passing: dict[str, Any], tmp_path: Path
) -> None:
    uses = [f"os.system({made})" for made in (*passing["made"], *passing["harmless"])]
    code = written(f"import os\n{passing['imports']}", "\n".join(uses))
    commands = [one for one in findings_in(tmp_path, code) if one.weakness == "command-injection"]
    places = (one.location for one in commands if one.level == "remote")
    found = {code.encode()[place.start_byte : place.end_byte].decode() for place in places}
    assert found == set(uses[: len(passing["made"])])
