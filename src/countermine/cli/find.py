"""``countermine find``: search a target; nothing is run and nothing is changed."""

from typing import Annotated

import typer

from countermine.cli import options
from countermine.cli.grouped import grouped


@grouped
def find(  # noqa: PLR0913 - a group of options each
    target: options.Target,
    *,
    wishes: options.Wishes,
    only: options.Only = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", "-j", metavar="N", min=0, help="Worker processes; 0 for one a core."
        ),
    ] = 0,
    against: options.Against,
    asking: options.Asking,
    outputs: options.Outputs,
) -> int:
    """Find vulnerabilities; nothing of TARGET is run or changed.

    Data is followed from where attackers write to where it hurts. Findings come surest first,
    each with its trace.

    \b
      countermine find .
      countermine find pypi:flask==3.0.0 --sarif out.sarif
      countermine find https://example.org/project.git --level remote
      countermine find . --since origin/main --baseline origin/main
      countermine find . --only missing-authorization
      countermine find . --hypotheses
    """  # noqa: D301 - the backspace keeps the examples as they stand
    import gc  # noqa: PLC0415 - keeps --help fast

    from countermine.cli.exits import outcome  # noqa: PLC0415
    from countermine.cli.files import check_file  # noqa: PLC0415
    from countermine.cli.finding import Sought, searched, weaknesses_of  # noqa: PLC0415
    from countermine.cli.outputs import write  # noqa: PLC0415
    from countermine.cli.searching import (  # noqa: PLC0415
        over_threshold,
        plan,
        wants_hypotheses,
    )

    for path in outputs.files:
        check_file(path)
    planned = plan(target, wishes)
    if planned.kept_rows or wants_hypotheses(planned, asking):
        from countermine.cli.guessing import found_with_models  # noqa: PLC0415

        return found_with_models(target, wishes, only, against, asking, outputs)
    # This process ends with the search: to look through all that it holds would be for nothing.
    gc.disable()
    sought = Sought(weaknesses=weaknesses_of(only), jobs=jobs)
    found = searched(planned, against, sought, screen=outputs)
    write(found.run, outputs)
    return outcome(
        over_threshold=over_threshold(found.run, found.fail_on),
        complete=found.run.coverage.complete,
    )
