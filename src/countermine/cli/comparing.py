"""``--baseline`` and ``--since``: a search beside an earlier one, or of a change only."""

import tempfile
from dataclasses import replace
from pathlib import Path

from countermine.cli.options import Against
from countermine.cli.searching import Plan
from countermine.core.errors import BadUsageError
from countermine.core.inventory import Inventory
from countermine.loop.baseline import fingerprints
from countermine.loop.search import SearchOptions, search
from countermine.ports.progress import Progress
from countermine.report.wording import counted
from countermine.target.inventory import take_inventory
from countermine.target.open import OpenOptions
from countermine.target.spec import DirectorySpec


def check(plan: Plan, against: Against) -> None:
    """Refuse a revision of what is no directory, before anything is fetched.

    Raises:
        BadUsageError: If one is asked for.
    """
    if against.since is not None:
        _directory(plan, "--since")
    if against.baseline is not None and report_of(against) is None:
        _directory(plan, "--baseline")


def report_of(against: Against) -> Path | None:
    """Return the report that ``--baseline`` names, ``None`` where it names a revision."""
    if against.baseline is None:
        return None
    path = Path(against.baseline)
    return path if path.is_file() or path.suffix in (".json", ".sarif") else None


def focused(
    options: SearchOptions, plan: Plan, against: Against, inventory: Inventory
) -> tuple[SearchOptions, tuple[str, ...]]:
    """Return the options of a search of what changed, and what to tell of it.

    Raises:
        BadTargetError: If the target is in no repository.
        BadUsageError: If the revision names no commit, or the target is no directory.
    """
    if against.since is None:
        return options, ()
    from countermine.loop.history import changed_since  # noqa: PLC0415 - a library of its own

    root = _directory(plan, "--since")
    changed = changed_since(root, against.since, inventory)
    files = counted(len(changed), "changed file")
    note = f"searched only for what has a part in {files} since {against.since}"
    return replace(options, focus=changed), (note,)


def known_at(
    revision: str, plan: Plan, opening: OpenOptions, options: SearchOptions, progress: Progress
) -> frozenset[str]:
    """Return the fingerprints of what is found in a tree as it was at a git revision.

    Raises:
        BadTargetError: If the target is in no repository.
        BadUsageError: If the revision names no commit, or the target is no directory.
    """
    from countermine.loop.history import lay_out_at  # noqa: PLC0415 - a library of its own

    root = _directory(plan, "--baseline")
    opening.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="baseline-", dir=opening.state) as folder:
        then = lay_out_at(root, revision, Path(folder))
        inventory = take_inventory(then, opening.inventory)
        found = search(inventory, options, progress)
    aside = (entry.finding for entry in found.suppressed)
    return fingerprints((*found.findings, *aside))


def _directory(plan: Plan, option: str) -> Path:
    if not isinstance(plan.spec, DirectorySpec):
        message = f"{option}: a revision can only be given for a directory"
        raise BadUsageError(message)
    return Path(plan.spec.path).absolute()
