"""``countermine prove``: judge a patch of a case, yours or a remedy's, by the ladder."""

from pathlib import Path
from typing import Annotated

import typer

from countermine.cli import options
from countermine.cli.grouped import grouped


@grouped
def prove(  # noqa: PLR0913 - a command line has as many options as it has
    case: Annotated[
        str | None, typer.Argument(metavar="CASE", help="Id of a case, as reports show it.")
    ] = None,
    *,
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", metavar="FILE", help="Make the proof of a bundle again."),
    ] = None,
    signer: options.Signer = None,
    target: Annotated[
        str | None,
        typer.Option("--target", metavar="TARGET", help="Search this instead of a run."),
    ] = None,
    run: Annotated[
        str | None,
        typer.Option(
            "--run", metavar="RUN", help="The run it is from; else the newest that has it."
        ),
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
    sandbox: options.SandboxOption = None,
    screen: options.Screen,
) -> int:
    """Prove one case: show the flaw, judge its patch by every gate.

    A case of a run is judged with the run's own patch first. A patch of yours may change the
    files that the case is about and modules that they come to import; a test that it adds is
    left out, since whoever writes a patch has no say in how it is judged, and any other new
    file or change to tests, build or lock files fails gate 3.

    With --bundle the finding, witness and patch are those of a bundle that was written elsewhere
    (`countermine evidence write`); what came out differently here is told. A release or commit is
    fetched again; where the tree is a directory, --target says where it lies here.

    Exit code 0 for Proven, 7 for any other verdict; with --bundle, 0 if both are Proven.

    \b
      countermine prove sql-injection-1a2b3c4d
      countermine prove sql-injection-1a2b3c4d --patch mine.diff
      countermine prove code-injection-5e6f7a8b --target . --witness show.py
      countermine prove --bundle proof.json --signer their-key.pem
    """  # noqa: D301 - the backspace keeps the examples as they stand
    from countermine.core.errors import BadUsageError  # noqa: PLC0415 - keeps --help fast

    if bundle is not None:
        if case or run or patch or witness or config or sandbox:
            message = "--bundle says what is proven: only --target, --python, --signer go with it"
            raise BadUsageError(message)
        from countermine.cli.rerunning import Rerun, rerun  # noqa: PLC0415

        return rerun(Rerun(bundle=bundle, target=target, signer=signer, python=python), screen)
    if case is None:
        message = "say what to prove: CASE, as reports show it, or --bundle FILE"
        raise BadUsageError(message)
    if signer is not None:
        message = "--signer goes with --bundle"
        raise BadUsageError(message)
    from countermine.cli.proving import Subject, prove_one  # noqa: PLC0415

    subject = Subject(
        case=case,
        target=target,
        run=run,
        patch=patch,
        witness=witness,
        config=config,
        python=python,
        sandbox=sandbox,
    )
    return prove_one(subject, screen)
