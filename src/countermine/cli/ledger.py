"""``countermine ledger``: look at and verify the record of a run."""

import typer

from countermine.cli import options


def verify(run: options.Run = None) -> int:
    """Check that a run's ledger was not changed or cut.

    Every entry must follow the one before it, and every recorded step of the run must have one.
    """
    from countermine.cli.exits import ExitCode  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.core.errors import CountermineError  # noqa: PLC0415
    from countermine.ledger.chain import Broken  # noqa: PLC0415
    from countermine.ledger.file import read_entries  # noqa: PLC0415
    from countermine.ledger.file import verify as verified  # noqa: PLC0415
    from countermine.loop.folder import named  # noqa: PLC0415

    folder = named(state_folder(), run)

    # The workflow engine costs over a second: only where there is a run.
    from countermine.loop.journal import unwritten  # noqa: PLC0415
    from countermine.loop.prefix import recorded_yet  # noqa: PLC0415

    # Before the ledger: a run that is going on adds to both, to the ledger first.
    record = recorded_yet(folder)
    answer = verified(folder.ledger)
    if isinstance(answer, Broken):
        message = f"{folder.ledger}:{answer.line}: the ledger does not hold: {answer.reason}"
        raise CountermineError(message)
    steps = record.steps if record is not None else {}
    lacking = unwritten(steps, folder.id, read_entries(folder.ledger))
    if lacking:
        entries = "1 entry is" if len(lacking) == 1 else f"{len(lacking)} entries are"
        message = (
            f"{folder.ledger}: the ledger does not hold: {entries} missing of what the run's "
            f"record tells, the first that of {lacking[0]!r}"
        )
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
