"""Reports of an old run show what was searched, whatever has become of the target."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.errors import CountermineError, EnvironmentLacksError
from countermine.core.findings import Finding
from countermine.core.runs import Run
from countermine.core.spans import tree_path
from countermine.loop.folder import RunFolder, begin
from countermine.loop.records import Opened
from countermine.loop.sources import CHANGED, as_searched, keep, kept, shown_paths
from countermine.report.as_json import render_json
from countermine.target.inventory import take_inventory
from countermine.target.open import tree_digest
from countermine.testing.run_texts import sample_texts
from countermine.testing.runs import sample_run


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return begin(tmp_path / "state", "20260131-120000-0000")


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    root = tmp_path / "target"
    for path, text in sample_texts().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text)
    inventory = take_inventory(root)
    target = replace(sample_run().target, root=str(root), digest=tree_digest(inventory))
    return Opened(target=target, inventory=inventory)


def run_on(opened: Opened) -> Run:
    return replace(sample_run(), target=opened.target)


def findings_of(run: Run) -> list[Finding]:
    return [*run.findings, *(entry.finding for entry in run.suppressed)]


def patched(opened: Opened) -> None:
    for file in opened.inventory.files:
        path = Path(opened.target.root, file.path)
        path.write_bytes(b"# one line more\n" + path.read_bytes())


def test_a_report_is_the_same_after_the_target_was_patched_and_removed(
    folder: RunFolder, opened: Opened
) -> None:
    run = run_on(opened)
    keep(folder.sources, opened.target.root, findings_of(run))
    before = render_json(run, sample_texts())
    patched(opened)
    shown = as_searched(run, opened, folder)
    assert render_json(shown.run, shown.texts) == before
    for file in opened.inventory.files:
        Path(opened.target.root, file.path).unlink()
    shown = as_searched(run, opened, folder)
    assert render_json(shown.run, shown.texts) == before


def test_a_run_without_copies_reads_the_target_while_it_is_what_was_searched(
    folder: RunFolder, opened: Opened
) -> None:
    run = run_on(opened)
    shown = as_searched(run, opened, folder)
    assert shown.run == run
    assert sorted(shown.texts) == shown_paths(run)


def test_a_run_without_copies_shows_no_lines_of_a_changed_target_and_says_why(
    folder: RunFolder, opened: Opened
) -> None:
    patched(opened)
    shown = as_searched(run_on(opened), opened, folder)
    assert shown.texts == {}
    assert CHANGED in shown.run.notes
    assert '"line"' not in render_json(shown.run, shown.texts)


def test_copies_are_for_the_user_alone_bounded_and_always_the_same_bytes(
    folder: RunFolder, opened: Opened
) -> None:
    findings = findings_of(run_on(opened))
    keep(folder.sources, opened.target.root, findings)
    assert stat.S_IMODE(folder.sources.stat().st_mode) == 0o600
    first = folder.sources.read_bytes()
    keep(folder.sources, opened.target.root, findings)
    assert folder.sources.read_bytes() == first
    keep(folder.sources, opened.target.root, findings, most=0)
    assert kept(folder.sources, sample_texts()) == {}


def test_copies_that_cannot_be_read_or_written_are_said_in_one_line(tmp_path: Path) -> None:
    place = tmp_path / "sources.zip"
    place.write_bytes(b"nonsense")
    with pytest.raises(CountermineError, match="cannot read the kept files"):
        kept(place, [tree_path("a.py")])
    with pytest.raises(EnvironmentLacksError, match="cannot write"):
        keep(tmp_path / "gone" / "sources.zip", str(tmp_path), ())
