"""``countermine report``: the outputs of an earlier run, as far as it got."""

from countermine.cli import options
from countermine.cli.grouped import grouped


@grouped
def report(
    run: options.Run = None,
    *,
    delivery: options.Delivery,
    outputs: options.Outputs,
) -> int:
    """Make the report of a run, finished or not; deliver its patches.

    \b
      countermine report
      countermine report 20260131-120000-0a1b --html report.html
      countermine report --patches patches/
    """  # noqa: D301 - the backspace keeps the examples as they stand
    from dataclasses import replace  # noqa: PLC0415 - keeps --help fast

    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.loop.folder import named  # noqa: PLC0415

    folder = named(state_folder(), run)

    # The workflow engine costs over a second: only where there is a run.
    from countermine.cli.running import absolute, conclude  # noqa: PLC0415
    from countermine.loop.prefix import recorded  # noqa: PLC0415

    request = replace(
        recorded(folder).request,
        patches=absolute(delivery.patches),
        branch=delivery.branch,
        apply=delivery.apply,
        bundles=absolute(delivery.bundles),
    )
    return conclude(folder, request, outputs)
