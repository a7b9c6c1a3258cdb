"""The commands, joined. Each command's file loads its engines only when it is called."""

from typing import Annotated

import typer

from countermine.cli import clean, doctor, explain, find, fix, ledger, prove, report, resume, run

UsageFault = typer.TyperException
"""What a wrong command line raises."""

EPILOG = (
    "Exit codes: 0 clean, 1 findings, 2 usage, 3 incomplete, 4 target, 5 environment, 6 failed, "
    "7 not proven, 70 internal error, 130 interrupted."
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
    return app


def usage_text(fault: typer.TyperException) -> str:
    """Return the one line that says what was wrong with the command line."""
    command = getattr(getattr(fault, "ctx", None), "command_path", "countermine")
    return f"countermine: {fault.format_message()} (see `{command} --help`)"


def _program(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)
    ] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed  # noqa: PLC0415

        typer.echo(f"countermine {installed('countermine')}")
        raise typer.Exit
