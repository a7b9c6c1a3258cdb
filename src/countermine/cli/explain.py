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
    no_color: options.NoColor = False,
) -> int:
    """Explain a weakness, or everything that is known of a case.

    A case is from the newest run that has it, where --run names none.

    \b
      countermine explain sql-injection
      countermine explain code-injection-1a2b3c4d
    """  # noqa: D301 - the backspace keeps the examples as they stand
    from difflib import get_close_matches  # noqa: PLC0415 - keeps --help fast

    from countermine.cli.exits import ExitCode  # noqa: PLC0415
    from countermine.cli.outputs import say  # noqa: PLC0415
    from countermine.cli.surroundings import state_folder, terminal  # noqa: PLC0415
    from countermine.core.errors import BadUsageError  # noqa: PLC0415
    from countermine.report.explain import explain_case, explain_weakness  # noqa: PLC0415
    from countermine.weaknesses.facts_index import ALL_FACTS, facts_of  # noqa: PLC0415

    screen = terminal(no_color=no_color)
    width, room = screen.width, screen.room
    facts = facts_of(subject.lower())
    if facts is not None:
        say(explain_weakness(facts, width=width), no_color=no_color)
        return ExitCode.CLEAN
    from countermine.loop.folder import runs  # noqa: PLC0415

    known: tuple[str, ...] = ()
    if run is not None or runs(state_folder()):
        from countermine.cli.recalling import NoSuchCase, recall  # noqa: PLC0415 - heavy
        from countermine.loop.cases import case_with  # noqa: PLC0415
        from countermine.loop.prefix import as_run  # noqa: PLC0415
        from countermine.loop.sources import CHANGED, as_searched  # noqa: PLC0415
        from countermine.report.styled import wrapped  # noqa: PLC0415

        found = recall(subject, run)
        if not isinstance(found, NoSuchCase):
            shown = as_searched(as_run(found.record), found.record.opened, found.folder)
            value = shown.run
            plain = case_with(found.finding, None)
            case = next((case for case in value.cases if case.id == plain.id), plain)
            say(explain_case(value, case, shown.texts, width=width, room=room), no_color=no_color)
            if CHANGED in value.notes:
                said = wrapped(f"Note: {CHANGED}", width)
                say(((), *said), no_color=no_color)
            return ExitCode.CLEAN
        known = found.cases
    ids = [str(fact.id) for fact in ALL_FACTS]
    near = get_close_matches(subject.lower(), [*ids, *known], n=1)
    near += [name for name in (*ids, *known) if subject.lower() in name][:1]
    hint = f"did you mean {near[0]!r}?" if near else f"weaknesses: {', '.join(ids)}"
    message = f"{subject!r} is no weakness and no case of a run; {hint}"
    raise BadUsageError(message)
