"""Delivers patches where the user asked for them: files, a branch, the tree itself."""

import shlex
from datetime import UTC, datetime
from pathlib import Path

from countermine.cli.files import make_folder, write_whole
from countermine.core.cases import Case
from countermine.core.runs import Run
from countermine.core.spans import TreePath
from countermine.core.verdicts import Proven
from countermine.deliver.merging import LeftOut
from countermine.loop.folder import RunFolder
from countermine.loop.records import RunRequest
from countermine.loop.sources import kept
from countermine.report.wording import counted
from countermine.target.texts import read_texts
from countermine.weaknesses.facts_index import ALL_FACTS

IDENTITY = "Countermine <countermine@localhost>"
"""Author of the commits of ``--branch``: no user setting is read from a repository."""


def deliver(run: Run, folder: RunFolder, request: RunRequest) -> tuple[str, ...]:
    """Return what was written or made, one line each.

    Where patches were judged, only those that are proven are delivered to a branch or the tree;
    patch files are written for every case that has a patch, each saying what was shown, those
    that are not proven in a folder of their own.

    Raises:
        CountermineError: If a delivery is refused; see the functions of ``deliver``.
    """
    root = Path(run.target.root)
    patched = [case for case in run.cases if case.patch is not None]
    sure = [case for case in patched if not request.prove or isinstance(case.verdict, Proven)]
    made: list[str] = []
    if request.patches and patched:
        made.append(_patch_files(patched, root, folder, Path(request.patches)))
    if request.bundles:
        made.append(_bundles(run, folder, Path(request.bundles)))
    if request.branch and sure:
        made += _branch(sure, root, request)
    if request.apply and sure:
        made += _apply(sure, root, folder)
    return tuple(made)


def _patch_files(cases: list[Case], root: Path, run: RunFolder, folder: Path) -> str:
    from countermine.deliver.patch_files import UNPROVEN, write_patches  # noqa: PLC0415

    # A release that `clean` removed is patched as it was searched.
    texts = _texts(cases, root) if root.is_dir() else kept(run.sources, _paths(cases))
    written = write_patches(cases, texts, folder, ALL_FACTS)
    told = f"{folder}: {len(written)} patch file{'s' if len(written) != 1 else ''}"
    apart = sum(path.parent.name == UNPROVEN for path in written)
    return f"{told}, {apart} not proven and so in {UNPROVEN}/" if apart else told


def _bundles(run: Run, folder: RunFolder, into: Path) -> str:
    """Write a bundle for each case that something was run for."""
    from countermine.cli.bundles import bundle_text  # noqa: PLC0415
    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.loop.prefix import recorded  # noqa: PLC0415

    record = recorded(folder)
    judged = [case for case in run.cases if case.witness is not None and case.verdict is not None]
    make_folder(into)
    for case in judged:
        write_whole(into / f"{case.id}.json", bundle_text(run, record, case, state_folder()))
    return f"{into}: {counted(len(judged), 'bundle')}"


def _branch(cases: list[Case], root: Path, request: RunRequest) -> list[str]:
    from countermine.deliver.branch import Signature, make_branch  # noqa: PLC0415 - dulwich

    at = datetime.fromisoformat(request.started).astimezone(UTC)
    signature = Signature(identity=IDENTITY, at_s=int(at.timestamp()))
    branch = make_branch(cases, root, request.branch or "", ALL_FACTS, signature)
    return [
        f"branch {branch.name}: {counted(len(branch.commits), 'commit')}",
        *_left_out(branch.left_out),
    ]


def _apply(cases: list[Case], root: Path, folder: RunFolder) -> list[str]:
    from countermine.deliver.apply import apply_in_place  # noqa: PLC0415 - dulwich

    applied = apply_in_place(cases, root, _texts(cases, root), folder.path / "undo.patch")
    undo = f"patch -R -p1 -d {shlex.quote(str(root))} < {shlex.quote(str(applied.undo))}"
    return [
        f"{counted(len(applied.files), 'file')} of the target edited; take it back with `{undo}`",
        *_left_out(applied.left_out),
    ]


def _left_out(cases: tuple[LeftOut, ...]) -> list[str]:
    return [f"left out {item.case.id}: {item.reason}" for item in cases]


def _texts(cases: list[Case], root: Path) -> dict[TreePath, bytes]:
    return read_texts(root, _paths(cases))


def _paths(cases: list[Case]) -> list[TreePath]:
    return sorted({edit.span.path for case in cases if case.patch for edit in case.patch.edits})
