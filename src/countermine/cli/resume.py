"""``countermine resume``: carry on a run that was stopped."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from countermine.cli import options
from countermine.cli.grouped import grouped

Stopped: TypeAlias = Annotated[
    str | None,
    typer.Argument(metavar="RUN", help="Id of a run; the latest unfinished where left out."),
]


@grouped
def resume(run: Stopped = None, *, screen: options.Screen) -> int:
    """Carry on a run that was stopped, however it was stopped.

    A run that was killed, interrupted, or ended by an error such as a full disk goes on where it
    was. What is recorded is not done again; the outputs that it was asked for are written.
    """
    from dataclasses import asdict, replace  # noqa: PLC0415 - keeps --help fast

    from countermine.cli.interrupts import begun  # noqa: PLC0415
    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.core.runs import RunState  # noqa: PLC0415
    from countermine.loop.folder import named  # noqa: PLC0415

    folder = named(state_folder(), run)

    # The workflow engine costs over a second: only where there is a run.
    from countermine.cli.running import (  # noqa: PLC0415
        carry,
        conclude,
        means_for,
        same_version,
    )
    from countermine.loop.asked import noted_request  # noqa: PLC0415
    from countermine.loop.prefix import as_run, recorded_yet  # noqa: PLC0415
    from countermine.loop.refusals import refusal_error, unchanged  # noqa: PLC0415
    from countermine.loop.restoring import restore  # noqa: PLC0415
    from countermine.loop.unfinished import latest_unfinished  # noqa: PLC0415

    if run is None:
        stopped = latest_unfinished(state_folder())
        if not screen.quiet:
            what = "no run is unfinished; the latest is" if stopped is None else "carrying on run"
            typer.echo(f"countermine: {what} {(stopped or folder).id}", err=True)
        folder = stopped or folder

    record = recorded_yet(folder)
    request = record.request if record is not None else noted_request(folder)
    outputs = options.Outputs(
        **asdict(screen),
        sarif=Path(request.sarif) if request.sarif else None,
        html=Path(request.html) if request.html else None,
    )
    if record is not None and record.refusal is not None:
        raise refusal_error(record.refusal)
    if record is not None and record.opened is not None:
        if as_run(record).state is RunState.FINISHED:
            return conclude(folder, request, outputs)
        fetching = means_for(replace(request, prove=False), folder.scratch)
        restore(record.opened, request, fetching)
        unchanged(record.opened, request)
    same_version(request)
    begun(folder.id)
    means = means_for(request, folder.scratch)
    return carry(folder, request, means, outputs, resumed=record is not None)
