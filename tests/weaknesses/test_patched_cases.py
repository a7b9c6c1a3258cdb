"""Runs the search and the remedies on every case whose page says what the fix is."""

from functools import cache
from pathlib import Path

import pytest

from countermine import weaknesses
from countermine.catalogue.loader import load
from countermine.catalogue.schema import Catalogue
from countermine.core.findings import Finding
from countermine.core.inventory import FileRole, Inventory, SourceFile
from countermine.core.patches import Patch, apply
from countermine.core.spans import TreePath
from countermine.find.flows import find_flows
from countermine.find.request import FindRequest
from countermine.fix.worker import try_remedies
from countermine.ports.progress import Silent
from countermine.testing.cases import WrittenCase, read_cases
from countermine.weaknesses.facts_index import ALL_FACTS
from countermine.weaknesses.registry import BUILT_IN, weakness

PAGES = {
    page.parent.name: read_cases(page.read_text(encoding="utf-8"))
    for page in sorted(Path(weaknesses.__file__ or "").parent.glob("*/cases.md"))
}


@cache
def catalogue() -> Catalogue:
    return load()


def found_in(root: Path, files: dict[TreePath, bytes]) -> tuple[Finding, ...]:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text)
    sources = tuple(
        SourceFile(path=path, size_bytes=len(files[path]), role=FileRole.SOURCE)
        for path in sorted(files)
    )
    inventory = Inventory(root=str(root), files=sources, skipped=())
    request = FindRequest(inventory=inventory, catalogue=catalogue(), weaknesses=ALL_FACTS)
    return find_flows(request, Silent()).findings


def fixed_cases() -> list[object]:
    return [
        pytest.param(case, id=f"{name}:{case.line}-{case.title}")
        for name, cases in PAGES.items()
        for case in cases
        if case.patched is not None
    ]


@pytest.mark.parametrize("case", fixed_cases())
def test_the_remedy_makes_what_the_page_says_and_the_search_is_silent(
    case: WrittenCase, tmp_path: Path
) -> None:
    files = {path: text.encode() for path, text in case.files}
    (finding,) = found_in(tmp_path / "before", files)
    known = weakness(finding.weakness)
    assert known is not None

    patch = try_remedies(finding, files, known.remedies)

    assert isinstance(patch, Patch), patch
    files |= apply(patch, files)
    assert {path: text.decode() for path, text in files.items()} == dict(case.patched or ())
    assert found_in(tmp_path / "after", files) == ()


@pytest.mark.parametrize("known", BUILT_IN, ids=lambda known: known.facts.id)
def test_every_remedy_is_named_once_and_shown_by_a_page(known: object) -> None:
    remedies = known.remedies  # type: ignore[attr-defined]
    package = str(known.facts.id).replace("-", "_")  # type: ignore[attr-defined]
    shown = [case for case in PAGES[package] if case.patched is not None]

    assert len({remedy.name for remedy in remedies}) == len(remedies)
    assert bool(shown) == bool(remedies)
