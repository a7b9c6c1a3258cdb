"""``countermine evidence``: signed bundles of proofs."""

from pathlib import Path
from typing import Annotated

import typer

from countermine.cli import options


def write(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Id of a case, as reports show it.")],
    *,
    run: Annotated[
        str | None,
        typer.Option(
            "--run", metavar="RUN", help="The run it is from; else the newest that has it."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write there, not to the screen."),
    ] = None,
) -> int:
    """Write what a case was proven with and came to, signed with the key of this machine.

    The bundle holds the finding, the witness, the patch, the regression test, every gate with its
    evidence, what the target ran on, and digests of the tree and of the program; code of the
    target stands in it as the patch shows it. `prove --bundle` makes the proof again elsewhere.

    \b
      countermine evidence write sql-injection-1a2b3c4d --output proof.json
    """  # noqa: D301 - the backspace keeps the examples as they stand
    from countermine.cli.exits import ExitCode  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.files import check_file, write_whole  # noqa: PLC0415

    if output is not None:
        check_file(output)

    # The workflow engine costs over a second: only where there is a run.
    from countermine.cli.bundles import bundle_text  # noqa: PLC0415
    from countermine.cli.proving import no_case  # noqa: PLC0415
    from countermine.cli.recalling import NoSuchCase, recall  # noqa: PLC0415
    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.core.cases import case_id  # noqa: PLC0415
    from countermine.core.errors import BadUsageError  # noqa: PLC0415
    from countermine.loop.prefix import as_run  # noqa: PLC0415

    found = recall(case, run)
    if isinstance(found, NoSuchCase):
        raise no_case(case, f"run {found.run}", found.cases)
    told = as_run(found.record)
    meant = next((one for one in told.cases if one.id == case_id(found.finding)), None)
    if meant is None:
        message = f"run {told.id} made no case of {case}, so that there is no proof of it"
        raise BadUsageError(message)
    text = bundle_text(told, found.record, meant, state_folder())
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_whole(output, text)
    return ExitCode.CLEAN


def verify(
    bundle: Annotated[Path, typer.Argument(metavar="FILE", help="A bundle.")],
    *,
    signer: options.Signer = None,
) -> int:
    """Check who signed a bundle and say what it claims; nothing is run.

    Exit code 0 if the signature of a key at hand holds: that of --signer, or this machine's own.
    """
    from countermine.cli.bundles import read_bundle, vouched  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.exits import ExitCode  # noqa: PLC0415
    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.core.cases import case_id  # noqa: PLC0415
    from countermine.core.errors import CountermineError  # noqa: PLC0415
    from countermine.report.wording import safe  # noqa: PLC0415

    read = read_bundle(bundle, state_folder(), signer)
    proof = read.proof
    typer.echo(f"{safe(case_id(proof.finding))}: {proof.verdict.kind}, claimed {safe(proof.made)}")
    typer.echo(f"  target   {safe(proof.target.spec)}, digest {safe(proof.target.digest)[:16]}")
    typer.echo(f"  program  {safe(proof.tool.version)}, digest {safe(proof.tool.digest)[:16]}")
    if not read.envelope.held:
        message = f"{bundle}: {vouched(read.envelope)}"
        raise CountermineError(message)
    typer.echo(f"  {vouched(read.envelope)}")
    return ExitCode.CLEAN


def key() -> int:
    """Print the public key that bundles are checked with (PEM); made if there is none yet.

    Give it to those who check your bundles with --signer. The private key stays in the state
    folder, below keys/.
    """
    from countermine.cli.exits import ExitCode  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.evidence.keys import own_key, public_text  # noqa: PLC0415

    typer.echo(public_text(own_key(state_folder()).public_key), nl=False)
    return ExitCode.CLEAN
