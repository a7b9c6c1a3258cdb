"""``countermine ledger``: look at and verify the record of a run."""

import typer

from countermine.cli import options


def verify(run: options.Run = None) -> int:
    """Check that a run's ledger was not changed, cut or added to."""
    from countermine.cli.exits import ExitCode  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.core.errors import CountermineError  # noqa: PLC0415
    from countermine.ledger.chain import Broken  # noqa: PLC0415
    from countermine.ledger.file import verify as verified  # noqa: PLC0415
    from countermine.loop.folder import named  # noqa: PLC0415

    folder = named(state_folder(), run)
    answer = verified(folder.ledger)
    if isinstance(answer, Broken):
        message = f"{folder.ledger}:{answer.line}: the ledger does not hold: {answer.reason}"
        raise CountermineError(message)
    typer.echo(f"{folder.ledger}: {answer} entries, the chain holds")
    return ExitCode.CLEAN


def show(run: options.Run = None) -> int:
    """Print a run's ledger, one line of JSON for each entry."""
    from countermine.cli.exits import ExitCode  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.ledger.file import read_lines  # noqa: PLC0415
    from countermine.loop.folder import named  # noqa: PLC0415

    for line in read_lines(named(state_folder(), run).ledger):
        typer.echo(line)
    return ExitCode.CLEAN
