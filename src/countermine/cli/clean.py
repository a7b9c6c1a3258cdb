"""``countermine clean``: give back the space of the state folder."""

from typing import Annotated

import typer


def clean(
    *,
    keep_mb: Annotated[
        int, typer.Option("--keep-mb", min=0, help="Leave at most this many megabytes.")
    ] = 0,
    runs: Annotated[
        bool,
        typer.Option("--runs", help="Remove runs too, those that could be resumed among them."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what there is, remove nothing.")
    ] = False,
) -> int:
    """Remove downloads, environments and kept answers; runs only with --runs.

    The least recently used go first, and what another process uses stays. Downloads,
    environments and answers of searches are made again when they are needed; runs are gone for
    good.
    """
    from countermine.cli.exits import ExitCode  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.loop.folder import remove_runs, runs_bytes  # noqa: PLC0415
    from countermine.target.state import clean as clean_slots  # noqa: PLC0415
    from countermine.target.state import usage  # noqa: PLC0415

    state = state_folder()
    before = usage(state)
    typer.echo(
        f"{state}: {len(before.slots)} downloads, environments and caches, "
        f"{before.size_bytes / 1e6:.1f} MB; runs, {runs_bytes(state) / 1e6:.1f} MB"
    )
    if dry_run:
        return ExitCode.CLEAN
    removed = clean_slots(state, keep_bytes=keep_mb * 1_000_000)
    typer.echo(f"removed {len(removed.slots)} of them, {removed.size_bytes / 1e6:.1f} MB")
    if runs:
        typer.echo(f"removed {remove_runs(state)} runs")
    return ExitCode.CLEAN
