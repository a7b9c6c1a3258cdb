"""A target written on the spot, and a search over it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from countermine.catalogue.loader import load
from countermine.catalogue.schema import Catalogue
from countermine.core.inventory import FileRole, Inventory, SourceFile
from countermine.core.levels import Severity
from countermine.core.spans import tree_path
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId
from countermine.find.flows import find_flows
from countermine.find.request import FindRequest, FindResult
from countermine.flow.bounds import Bounds
from countermine.ports.progress import Silent

KINDS = {
    "command": 78,
    "option": 88,
    "code": 94,
    "sql": 89,
    "path": 22,
    "deserialization": 502,
    "html": 79,
    "html-attribute": 79,
    "weak-hash": 328,
    "xml": 611,
    "xml-growth": 776,
    "redirect": 601,
}
MINOR = {"log": 117}
"""Of low severity, and looked for only by tests that ask for it."""
Find = Callable[..., FindResult]


def facts(*, minor: bool = False) -> tuple[WeaknessFacts, ...]:
    return tuple(
        WeaknessFacts(
            id=WeaknessId(kind),
            cwe=Cwe(cwe),
            title=kind,
            summary="It goes wrong.",
            consequence="do harm",
            advice="Do it right.",
            sink_kinds=(kind,),
            severity=Severity.LOW if kind in MINOR else Severity.CRITICAL,
        )
        for kind, cwe in (KINDS | MINOR if minor else KINDS).items()
    )


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def find(tmp_path: Path, catalogue: Catalogue) -> Find:
    def search(
        files: Mapping[str, str | bytes],
        *,
        roles: Mapping[str, FileRole] | None = None,
        jobs: int = 1,
        bounds: Bounds | None = None,
        backwards: bool = False,
        tests_count: bool = False,
        minor: bool = False,
    ) -> FindResult:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        found = tuple(
            SourceFile(
                path=tree_path(name),
                size_bytes=(tmp_path / name).stat().st_size,
                role=(roles or {}).get(name, FileRole.SOURCE),
            )
            for name in sorted(files, reverse=backwards)
        )
        inventory = Inventory(root=str(tmp_path), files=found, skipped=())
        request = FindRequest(
            inventory=inventory,
            catalogue=catalogue,
            weaknesses=facts(minor=minor),
            jobs=jobs,
            bounds=bounds or Bounds(),
            roles=(FileRole.SOURCE, FileRole.TEST) if tests_count else (FileRole.SOURCE,),
        )
        return find_flows(request, Silent())

    return search
