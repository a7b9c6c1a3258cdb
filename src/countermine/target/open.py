"""A specification becomes a target: a tree on this machine, with its digest."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from countermine.core.errors import BadTargetError
from countermine.core.inventory import Inventory
from countermine.core.targets import Target, TargetKind
from countermine.target.display import escaped
from countermine.target.inventory import InventoryOptions, resolve_root, take_inventory
from countermine.target.revision import head_revision
from countermine.target.spec import DirectorySpec, TargetSpec
from countermine.target.texts import MAX_FILE_BYTES, read_file


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """Which package index is used."""

    url: str | None = None
    """Of the simple API; ``None`` for PyPI."""
    extra_urls: tuple[str, ...] = ()
    """Asked as well; file URLs count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOptions:
    """Where downloads go, where from, and what of the tree counts."""

    state: Path
    """The program's state folder; downloads and clones lie below it."""
    index: IndexOptions = field(default_factory=IndexOptions)
    inventory: InventoryOptions = field(default_factory=InventoryOptions)


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
    if not isinstance(spec, DirectorySpec):
        message = f"{spec.shown!r}: only directories can be opened so far"
        raise BadTargetError(message)
    return _open_directory(spec, options)


def tree_digest(inventory: Inventory) -> str:
    """Return the SHA-256 over the paths and contents of an inventory's files, in hex."""
    digest = hashlib.sha256()
    for file in inventory.files:
        data = read_file(f"{inventory.root}/{file.path}", max(MAX_FILE_BYTES, file.size_bytes))
        body = data if isinstance(data, bytes) else b""
        digest.update(f"{file.path}\0{len(body)}\0".encode())
        digest.update(body)
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
