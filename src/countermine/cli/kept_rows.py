"""``countermine models rows``: what models said of libraries, kept in the state folder."""

import typer


def rows() -> int:
    """Print the catalogue rows that models gave, as the files that hold them.

    Every name in them is in the library's code; whether they do what is said nobody checked. They
    are used with --hypotheses and --kept-rows, and always once they stand in a countermine.toml.
    """
    from countermine.cli.exits import ExitCode  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.loop.kept_rows import FOLDER, as_toml, read_kept  # noqa: PLC0415
    from countermine.report.escape import printable_lines  # noqa: PLC0415

    kept = read_kept(state_folder())
    if not kept:
        typer.echo(f"No model said anything of a library; {state_folder() / FOLDER} is empty.")
    for one in kept:
        typer.echo(printable_lines(as_toml(one)))
    return ExitCode.CLEAN
