"""``countermine report``: the outputs of an earlier run, as far as it got."""

from countermine.cli import options


def report(  # noqa: PLR0913 - a command line has as many options as it has
    run: options.Run = None,
    *,
    html: options.Html = None,
    sarif: options.Sarif = None,
    json: options.Json = False,
    patches: options.Patches = None,
    branch: options.Branch = None,
    apply: options.Apply = False,
    no_timings: options.NoTimings = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> int:
    """Make the report of a run, finished or not, and deliver its patches.

    \b
      countermine report
      countermine report 20260131-120000-0a1b --html report.html
      countermine report --patches patches/
    """  # noqa: D301 - the backspace keeps the examples as they stand
    from dataclasses import replace  # noqa: PLC0415 - keeps --help fast

    from countermine.cli.outputs import Outputs  # noqa: PLC0415
    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.loop.folder import named  # noqa: PLC0415

    folder = named(state_folder(), run)

    # The workflow engine costs over a second: only where there is a run.
    from countermine.cli.running import absolute, conclude  # noqa: PLC0415
    from countermine.loop.prefix import recorded  # noqa: PLC0415

    request = replace(
        recorded(folder).request, patches=absolute(patches), branch=branch, apply=apply
    )
    outputs = Outputs(
        json=json,
        sarif=sarif,
        html=html,
        quiet=quiet,
        verbose=verbose,
        no_color=no_color,
        timings=not no_timings,
    )
    return conclude(folder, request, outputs)
