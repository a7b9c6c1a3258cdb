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
        str | None, typer.Option("--run", metavar="RUN", help="The run the case belongs to.")
    ] = None,
    no_color: options.NoColor = False,
) -> int:
    """Explain a weakness, or everything that is known of a case.

    \b
      countermine explain sql-injection
      countermine explain code-injection-1a2b3c4d
    """  # noqa: D301 - the backspace keeps the examples as they stand
    from difflib import get_close_matches  # noqa: PLC0415 - keeps --help fast

    from countermine.cli.exits import ExitCode  # noqa: PLC0415
    from countermine.cli.outputs import say, texts_of  # noqa: PLC0415
    from countermine.cli.surroundings import state_folder, terminal  # noqa: PLC0415
    from countermine.core.errors import BadUsageError  # noqa: PLC0415
    from countermine.report.explain import explain_case, explain_weakness  # noqa: PLC0415
    from countermine.weaknesses.facts_index import ALL_FACTS, facts_of  # noqa: PLC0415

    width = terminal(no_color=no_color).width
    facts = facts_of(subject)
    if facts is not None:
        say(explain_weakness(facts, width=width), no_color=no_color)
        return ExitCode.CLEAN
    from countermine.loop.folder import named, runs  # noqa: PLC0415

    if run is not None or runs(state_folder()):
        from countermine.loop.prefix import as_run, recorded  # noqa: PLC0415 - heavy

        value = as_run(recorded(named(state_folder(), run)))
        for case in value.cases:
            if subject in {case.id, case.finding.fingerprint}:
                lines = explain_case(value, case, texts_of(value), width=width)
                say(lines, no_color=no_color)
                return ExitCode.CLEAN
        known = [case.id for case in value.cases]
    else:
        known = []
    ids = [str(fact.id) for fact in ALL_FACTS]
    near = get_close_matches(subject, [*ids, *known], n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"weaknesses are: {', '.join(ids)}"
    message = f"{subject!r} is no weakness and no case of the run; {hint}"
    raise BadUsageError(message)
