"""``countermine explain``: a weakness, or a case of a run."""

from typing import Annotated

import typer

from countermine.cli import options


def explain(
    subject: Annotated[
        str, typer.Argument(metavar="WEAKNESS|CASE", help="Such as sql-injection, or a case's id.")
    ],
    *,
    run: Annotated[
        str | None, typer.Option("--run", metavar="RUN", help="The run the case is from.")
    ] = None,
    model: Annotated[
        bool,
        typer.Option("--model", help="Also ask a model for the case in words; nobody checks them."),
    ] = False,
    config: options.Config = None,
    no_color: options.NoColor = False,
) -> int:
    """Explain a weakness, or everything that is known of a case.

    A case is from the newest run that has it, where --run names none.

    \b
      countermine explain sql-injection
      countermine explain code-injection-1a2b3c4d --model
    """  # noqa: D301 - the backspace keeps the examples as they stand
    from difflib import get_close_matches  # noqa: PLC0415 - keeps --help fast

    from countermine.cli.exits import ExitCode  # noqa: PLC0415
    from countermine.cli.outputs import say  # noqa: PLC0415
    from countermine.cli.surroundings import state_folder, terminal  # noqa: PLC0415
    from countermine.core.errors import BadUsageError  # noqa: PLC0415
    from countermine.report.explain import explain_weakness  # noqa: PLC0415
    from countermine.weaknesses.facts_index import ALL_FACTS, facts_of  # noqa: PLC0415

    screen = terminal(no_color=no_color)
    facts = facts_of(subject.lower())
    if facts is not None:
        if model:
            message = "--model puts a case into words; what a weakness is needs no model"
            raise BadUsageError(message)
        say(explain_weakness(facts, width=screen.width), no_color=no_color)
        return ExitCode.CLEAN
    from countermine.loop.folder import runs  # noqa: PLC0415

    known: tuple[str, ...] = ()
    if run is not None or runs(state_folder()):
        from countermine.cli.explaining import Words, show_case  # noqa: PLC0415 - heavy
        from countermine.cli.recalling import NoSuchCase, recall  # noqa: PLC0415

        found = recall(subject, run)
        if not isinstance(found, NoSuchCase):
            show_case(found, Words(config=config) if model else None, no_color=no_color)
            return ExitCode.CLEAN
        known = found.cases
    ids = [str(fact.id) for fact in ALL_FACTS]
    near = get_close_matches(subject.lower(), [*ids, *known], n=1)
    near += [name for name in (*ids, *known) if subject.lower() in name][:1]
    hint = f"did you mean {near[0]!r}?" if near else f"weaknesses: {', '.join(ids)}"
    message = f"{subject!r} is no weakness and no case of a run; {hint}"
    raise BadUsageError(message)
