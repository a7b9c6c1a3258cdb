"""``countermine doctor``: what is here, what is missing, how to get it."""

import typer

from countermine.cli import options


def doctor(*, json: options.Json = False, no_color: options.NoColor = False) -> int:
    """Look at what is here and what is missing, and how to get it.

    Searching works everywhere; witnessing and proving need Linux and bubblewrap.
    """
    import json as encoding  # noqa: PLC0415 - keeps --help fast
    from dataclasses import asdict  # noqa: PLC0415

    from countermine.cli.exits import ExitCode  # noqa: PLC0415
    from countermine.cli.health import checks  # noqa: PLC0415
    from countermine.cli.outputs import say  # noqa: PLC0415
    from countermine.report.styled import Line, Piece  # noqa: PLC0415
    from countermine.sandbox.detect import CheckState  # noqa: PLC0415

    found = checks()
    if json:
        typer.echo(encoding.dumps([asdict(check) for check in found], indent=1))
    else:
        styles = {
            CheckState.OK: ("ok     ", "green"),
            CheckState.WARN: ("warning", "yellow"),
            CheckState.MISSING: ("missing", "bold red"),
        }
        for check in found:
            word, style = styles[check.state]
            lines: list[Line] = [(Piece(word, style), Piece(f"  {check.name}: {check.detail}"))]
            if check.remedy:
                lines.append((Piece(f"         -> {check.remedy}", "dim"),))
            say(lines, no_color=no_color)
    if any(check.state is CheckState.MISSING for check in found):
        return ExitCode.ENVIRONMENT_LACKS
    return ExitCode.CLEAN
