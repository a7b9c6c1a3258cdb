"""Runs the search on every case of every weakness's page."""

from functools import cache
from pathlib import Path

import pytest

from countermine import weaknesses
from countermine.catalogue.loader import load
from countermine.catalogue.schema import Catalogue
from countermine.core.findings import Finding
from countermine.core.inventory import FileRole, Inventory, SourceFile
from countermine.core.spans import TreePath
from countermine.core.weakness import WeaknessId
from countermine.find.flows import find_flows
from countermine.find.request import FindRequest
from countermine.ports.progress import Silent
from countermine.testing.cases import Mark, WrittenCase, read_cases
from countermine.weaknesses.facts_index import ALL_FACTS

LEAST_EACH = 9
PAGES = {
    page.parent.name: read_cases(page.read_text(encoding="utf-8"))
    for page in sorted(Path(weaknesses.__file__ or "").parent.glob("*/cases.md"))
}


@cache
def catalogue() -> Catalogue:
    return load()


def found_in(root: Path, files: dict[TreePath, str]) -> tuple[Finding, ...]:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    sources = tuple(
        SourceFile(path=path, size_bytes=len(files[path].encode()), role=FileRole.SOURCE)
        for path in sorted(files)
    )
    result = find_flows(
        FindRequest(
            inventory=Inventory(root=str(root), files=sources, skipped=()),
            catalogue=catalogue(),
            weaknesses=ALL_FACTS,
        ),
        Silent(),
    )
    return result.findings


def place(finding: Finding, case: WrittenCase) -> Mark:
    """The mark that stands on a line of the finding's call, or one for its first line."""
    path = finding.location.path
    text = dict(case.files)[path].encode()
    first = text[: finding.location.start_byte].count(b"\n") + 1
    last = text[: finding.location.end_byte].count(b"\n") + 1
    lines = [m.line for m in case.marks if m.path == path and first <= m.line <= last]
    return Mark(path=path, line=lines[0] if lines else first, weakness=finding.weakness)


def written_cases() -> list[object]:
    return [
        pytest.param(case, id=f"{name}:{case.line}-{case.title}")
        for name, cases in PAGES.items()
        for case in cases
    ]


@pytest.mark.parametrize("case", written_cases())
def test_the_search_finds_what_is_marked_and_nothing_else(
    case: WrittenCase, tmp_path: Path
) -> None:
    found = found_in(tmp_path, dict(case.files))
    assert sorted({place(finding, case) for finding in found}) == list(case.marks)


@pytest.mark.parametrize("facts", ALL_FACTS, ids=lambda facts: facts.id)
def test_every_weakness_has_flawed_cases_and_quiet_twins(facts: object) -> None:
    weakness: WeaknessId = facts.id  # type: ignore[attr-defined]
    cases = PAGES[weakness.replace("-", "_")]
    flawed = [case for case in cases if weakness in {mark.weakness for mark in case.marks}]
    quiet = [case for case in cases if not case.marks]
    assert len(flawed) >= LEAST_EACH - 1
    assert len(quiet) >= LEAST_EACH
