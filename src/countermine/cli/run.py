"""``countermine run``: the main job, from a target to proven patches."""

from countermine.cli import options


def run(  # noqa: PLR0913 - a command line has as many options as it has
    target: options.Target,
    *,
    patches: options.Patches = None,
    branch: options.Branch = None,
    apply: options.Apply = False,
    html: options.Html = None,
    sarif: options.Sarif = None,
    json: options.Json = False,
    only: options.Only = None,
    max_cases: options.MaxCases = None,
    wall_seconds: options.WallSeconds = None,
    python: options.Python = None,
    fail_on: options.FailOn = None,
    level: options.Levels = None,
    path: options.Paths = None,
    exclude: options.Exclude = None,
    include_tests: options.IncludeTests = False,
    config: options.Config = None,
    no_timings: options.NoTimings = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> int:
    """Find, witness, fix and prove; nothing of TARGET is changed unless asked.

    Each finding is driven in a sandbox until its flaw shows, patched by a remedy, and the patch
    is judged by ten gates. A run that is stopped is carried on by `countermine resume`.

    \b
      countermine run . --patches patches/ --html report.html
      countermine run . --branch fixes
      countermine run pypi:flask==3.0.0
    """  # noqa: D301 - the backspace keeps the examples as they stand
    from countermine.cli.outputs import Outputs  # noqa: PLC0415 - keeps --help fast
    from countermine.cli.requests import Aims  # noqa: PLC0415
    from countermine.cli.searching import Wishes  # noqa: PLC0415
    from countermine.cli.starting import start  # noqa: PLC0415

    wishes = Wishes(
        target=target,
        config=config,
        paths=tuple(path or ()),
        exclude=tuple(exclude or ()),
        levels=tuple(level or ()),
        fail_on=fail_on,
        include_tests=include_tests,
    )
    aims = Aims(
        only=tuple(only or ()),
        max_cases=max_cases,
        wall_s=wall_seconds,
        python=python,
        patches=patches,
        branch=branch,
        apply=apply,
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
    return start(wishes, aims, outputs)
