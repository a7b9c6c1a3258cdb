"""The commands, joined. Each command's file loads its engines only when it is called."""

from collections.abc import Sequence
from typing import Annotated

import typer

from countermine.cli import (
    clean,
    doctor,
    evidence,
    explain,
    find,
    fix,
    kept_rows,
    leaving,
    ledger,
    mcp,
    models,
    prove,
    report,
    resume,
    run,
)

UsageFault = typer.TyperException
"""What a wrong command line raises."""

EPILOG = (
    "Exit codes: 0 clean, 1 findings, 2 usage, 3 incomplete, 4 target, 5 environment, 6 failed, "
    "7 not proven, 8 no model left, 70 internal error, 130 interrupted."
)


def build() -> typer.Typer:
    """Return the application."""
    app = typer.Typer(
        name="countermine",
        help="Find vulnerabilities in a repository, fix them, and prove each fix by running it.",
        epilog=EPILOG,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_program)
    app.command("run")(run.run)
    app.command("find")(find.find)
    app.command("fix")(fix.fix)
    app.command("prove")(prove.prove)
    app.command("report")(report.report)
    app.command("explain")(explain.explain)
    app.command("resume")(resume.resume)
    app.command("mcp")(mcp.mcp)
    app.command("doctor")(doctor.doctor)
    app.command("clean")(clean.clean)
    records = typer.Typer(
        help="The record of a run: hash-chained, one entry for each step.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    records.command("verify")(ledger.verify)
    records.command("show")(ledger.show)
    app.add_typer(records, name="ledger")
    bundles = typer.Typer(
        help="Signed bundles of proofs, which others can check and rerun.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    bundles.command("write")(evidence.write)
    bundles.command("verify")(evidence.verify)
    bundles.command("key")(evidence.key)
    app.add_typer(bundles, name="evidence")
    language_models = typer.Typer(rich_markup_mode=None)
    language_models.callback(invoke_without_command=True)(models.models)
    language_models.command("log")(leaving.log)
    language_models.command("rows")(kept_rows.rows)
    app.add_typer(language_models, name="models")
    return app


def usage_text(fault: typer.TyperException, arguments: Sequence[str]) -> str:
    """Return what was wrong with the command line: one line, or the help where nothing was asked.

    Args:
        fault: As it was raised.
        arguments: The command line.
    """
    said = fault.format_message()
    if said.startswith("Usage: "):
        return said
    known = {command.name for command in build().registered_commands}
    first = next(iter(arguments), "")
    context = getattr(fault, "ctx", None)
    command = context.command_path if context is not None else "countermine"
    if command == "countermine" and first in known:
        command = f"countermine {first}"
    end = "" if said.endswith((".", "?")) else "."
    return f"countermine: {said}{end} (see `{command} --help`)"


def _shown_version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it with the option's value
    if wanted:
        from importlib.metadata import version as installed  # noqa: PLC0415 - keeps --help fast

        engine = " (compiled engine)" if _is_compiled() else ""
        typer.echo(f"countermine {installed('countermine')}{engine}")
        raise typer.Exit


def _is_compiled() -> bool:
    from importlib.util import find_spec  # noqa: PLC0415 - keeps --help fast

    engine = find_spec("countermine.flow.engine")
    return engine is not None and not (engine.origin or "").endswith(".py")


def _program(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and leave.",
            is_eager=True,
            callback=_shown_version,
        ),
    ] = False,
) -> None:
    del version
