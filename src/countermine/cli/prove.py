"""``countermine prove``: judge a patch of a case, yours or a remedy's, by the ladder."""

from pathlib import Path
from typing import Annotated

import typer

from countermine.cli import options


def prove(  # noqa: PLR0913 - a command line has as many options as it has
    case: Annotated[str, typer.Argument(metavar="CASE", help="Id of a case, as reports show it.")],
    *,
    target: Annotated[
        str | None,
        typer.Option("--target", metavar="TARGET", help="Search this for the case first."),
    ] = None,
    run: Annotated[
        str | None, typer.Option("--run", metavar="RUN", help="Run the case is from; the latest.")
    ] = None,
    patch: Annotated[
        Path | None,
        typer.Option("--patch", metavar="FILE", help="A unified diff of yours to be judged."),
    ] = None,
    witness: Annotated[
        Path | None,
        typer.Option(
            "--witness",
            metavar="FILE",
            help="A Python file with attack(canary) and control(), run in the sandbox.",
        ),
    ] = None,
    config: options.Config = None,
    python: options.Python = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> int:
    """Prove one case: show the flaw, judge the patch by every gate, say what was seen.

    Exit code 0 for Proven, 7 for any other verdict.

    \b
      countermine prove sql-injection-1a2b3c4d
      countermine prove sql-injection-1a2b3c4d --patch mine.diff
      countermine prove code-injection-5e6f7a8b --target . --witness show.py
    """  # noqa: D301 - the backspace keeps the examples as they stand
    from countermine.cli.outputs import Outputs  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.proving import Subject, prove_one  # noqa: PLC0415

    subject = Subject(
        case=case,
        target=target,
        run=run,
        patch=patch,
        witness=witness,
        config=config,
        python=python,
    )
    outputs = Outputs(json=json, quiet=quiet, verbose=verbose, no_color=no_color)
    return prove_one(subject, outputs)
