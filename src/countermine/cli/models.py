"""``countermine models``: which models are configured, for what, and whether they work."""

from typing import Annotated

import typer

from countermine.cli import options


def models(
    context: typer.Context,
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Ask each model a few tiny questions, and say what that cost; "
            "nothing of yours is sent.",
        ),
    ] = False,
    config: options.Config = None,
    json: options.Json = False,
    no_color: options.NoColor = False,
) -> int:
    """List the language models that are set up; each task's, and whether they work.

    Everything works without one. Models are taken from your own countermine.toml, in the folder
    for settings of this platform, or from the file that --config names; docs/models.md.
    """
    if context.invoked_subcommand is not None:
        return 0
    import json as encoding  # noqa: PLC0415 - keeps --help fast

    from countermine.cli.config import find_configuration  # noqa: PLC0415
    from countermine.cli.exits import ExitCode  # noqa: PLC0415
    from countermine.cli.model_listing import checked, document, listing, not_usable  # noqa: PLC0415
    from countermine.cli.outputs import say  # noqa: PLC0415
    from countermine.cli.surroundings import user_configuration  # noqa: PLC0415

    user = user_configuration()
    found = find_configuration(None, config, user)
    results = checked(found.settings.models) if check else {}
    if json:
        typer.echo(encoding.dumps(document(found, results), indent=1))
    else:
        say(listing(found, results, user), no_color=no_color)
    return ExitCode.ENVIRONMENT_LACKS if not_usable(results) else ExitCode.CLEAN
