"""A specification becomes a target: a tree on this machine, with its digest."""

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from countermine.core.coverage import Coverage, CoverageEntry
from countermine.core.inventory import Inventory
from countermine.core.spans import PYTHON_SUFFIXES, TreePath
from countermine.core.targets import Target, TargetKind
from countermine.target.display import escaped
from countermine.target.fetched import FetchedTree, IndexOptions, LeftOut
from countermine.target.inventory import (
    InventoryOptions,
    resolve_root,
    take_inventory,
)
from countermine.target.revision import head_revision
from countermine.target.spec import DirectorySpec, GitSpec, PypiSpec, TargetSpec
from countermine.target.texts import MAX_FILE_BYTES, read_file

if TYPE_CHECKING:
    from countermine.target.fetch_git import SshVendorMaker


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOptions:
    """Where downloads go, where from, and what of the tree counts."""

    state: Path
    """The program's state folder; downloads and clones lie below it."""
    index: IndexOptions = field(default_factory=IndexOptions)
    inventory: InventoryOptions = field(default_factory=InventoryOptions)
    ssh: "SshVendorMaker | None" = None
    """Makes dulwich's ``SSHVendor`` that runs ``ssh``; ``None`` refuses ssh URLs."""


def open_target(spec: TargetSpec, options: OpenOptions) -> Target:
    """Return the target that a specification names, fetched where it has to be.

    Raises:
        BadTargetError: If it is not there, is empty, or holds no Python; for a release or a
            repository, also if there is no such thing.
        EnvironmentLacksError: If the network, the index or the disk does not answer.
    """
    return open_with_inventory(spec, options)[0]


def open_with_inventory(spec: TargetSpec, options: OpenOptions) -> tuple[Target, Inventory]:
    """Return a target together with the inventory that its digest was made from.

    Raises:
        BadTargetError: As ``open_target``.
        EnvironmentLacksError: As ``open_target``.
    """
    if isinstance(spec, DirectorySpec):
        return _open_directory(spec, options)
    fetched = _fetch(spec, options)
    inventory = take_inventory(fetched.root, options.inventory)
    inventory = replace(
        inventory,
        skipped=tuple(sorted({*inventory.skipped, *map(_left_out_entry, fetched.left_out)})),
    )
    target = Target(
        kind=TargetKind(spec.kind),
        spec=spec.shown,
        name=spec.name,
        root=inventory.root,
        revision=fetched.revision,
        digest=tree_digest(inventory),
        released=fetched.released,
    )
    return target, inventory


def tree_digest(inventory: Inventory) -> str:
    """Return the SHA-256 over the paths and contents of an inventory's files, in hex.

    Of files that may be templates only the sizes count: a tree may hold any amount of pages.
    """
    digest = hashlib.sha256()
    for file in inventory.files:
        data = read_file(f"{inventory.root}/{file.path}", max(MAX_FILE_BYTES, file.size_bytes))
        body = data if isinstance(data, bytes) else b""
        digest.update(f"{file.path}\0{len(body)}\0".encode())
        digest.update(body)
    for page in inventory.templates:
        digest.update(f"{page.path}\0{page.size_bytes}\0".encode())
    return digest.hexdigest()


def _open_directory(spec: DirectorySpec, options: OpenOptions) -> tuple[Target, Inventory]:
    root = resolve_root(spec.path)
    inventory = take_inventory(root, options.inventory)
    target = Target(
        kind=TargetKind.DIRECTORY,
        spec=escaped(spec.path),
        name=escaped(Path(root).name) or "root",
        root=root,
        revision=head_revision(root),
        digest=tree_digest(inventory),
    )
    return target, inventory


def _fetch(spec: GitSpec | PypiSpec, options: OpenOptions) -> FetchedTree:
    # Imported where they are needed: they cost a second that a directory does not have to pay.
    if isinstance(spec, GitSpec):
        from countermine.target.fetch_git import fetch_git  # noqa: PLC0415

        return fetch_git(spec, options.state, options.index, options.ssh)
    from countermine.target.fetch_pypi import fetch_release  # noqa: PLC0415

    return fetch_release(spec, options.state, options.index)


def _left_out_entry(out: LeftOut) -> CoverageEntry:
    python = out.path.lower().endswith(PYTHON_SUFFIXES)
    return CoverageEntry(
        path=TreePath(escaped(out.path)),
        outcome=Coverage.SKIPPED,
        reason=f"{out.reason} that was not unpacked",
        expected=not python,
    )
