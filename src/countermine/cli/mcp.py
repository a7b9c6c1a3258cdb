"""``countermine mcp``: the loop as tools for agents."""

from pathlib import Path
from typing import Annotated

import typer

from countermine.cli import options

TOKEN_VARIABLE = "COUNTERMINE_MCP_TOKEN"  # noqa: S105 - the name of a variable


def mcp(
    roots: Annotated[
        list[Path], typer.Argument(metavar="ROOT...", help="Directories that agents may work on.")
    ],
    *,
    http: Annotated[
        str | None,
        typer.Option(
            "--http",
            metavar="PORT",
            help="Serve over HTTP on the loopback address, not standard streams; 0: any port.",
        ),
    ] = None,
    config: options.Config = None,
    python: options.Python = None,
    sandbox: options.SandboxOption = None,
) -> int:
    """Serve the loop to agents by the Model Context Protocol.

    Agents find, show cases, and hand in patches and witnesses; only the ladder judges. Nothing
    outside of ROOT is read or served, and nothing in it is changed. Settings come from --config
    alone. Over HTTP a token is needed: it is printed at the start, or taken from the variable
    COUNTERMINE_MCP_TOKEN. Needs the extra countermine[mcp]; docs/mcp.md says how to set it up.

    \b
      countermine mcp ~/src/shop
      countermine mcp ~/src/shop ~/src/library --http 8765
    """  # noqa: D301 - the backspace keeps the examples as they stand
    import os  # noqa: PLC0415 - keeps --help fast
    import secrets  # noqa: PLC0415

    from countermine.cli.exits import ExitCode  # noqa: PLC0415
    from countermine.core.errors import BadUsageError  # noqa: PLC0415

    port = None if http is None else _port(http)
    _check_extra()

    import anyio  # noqa: PLC0415 - comes with the extra

    # The workflow engine and the protocol cost over a second: not for a wrong command line.
    from countermine.cli.serving import LocalHost  # noqa: PLC0415
    from countermine.serve.mcp.roots import roots_of  # noqa: PLC0415
    from countermine.serve.mcp.server import build, serve_stdio  # noqa: PLC0415

    allowed = roots_of(tuple(roots))
    if config is not None:
        from countermine.cli.config import find_configuration  # noqa: PLC0415

        find_configuration(None, config)
        config = config.absolute()
    host = LocalHost(config=config, python=python, sandbox=sandbox)
    server, jobs = build(host, allowed)
    if port is None:
        anyio.run(serve_stdio, server, jobs)
        return ExitCode.CLEAN

    from countermine.serve.mcp.http import MIN_TOKEN, PATH, bound, serve_http  # noqa: PLC0415

    given = os.environ.get(TOKEN_VARIABLE)
    token = given or secrets.token_urlsafe(32)
    if len(token) < MIN_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        message = f"{TOKEN_VARIABLE} must have at least {MIN_TOKEN} characters, and no blanks"
        raise BadUsageError(message)
    listener = bound(port)
    address, number = listener.getsockname()
    typer.echo(f"countermine: serving http://{address}:{number}{PATH}", err=True)
    if not given:
        typer.echo(f"countermine: token {token}", err=True)
    anyio.run(serve_http, server, jobs, listener, token)
    return ExitCode.CLEAN


def _port(written: str) -> int:
    """Return the port, of the loopback address only.

    Raises:
        BadUsageError: If it is no port, or names another address.
    """
    from countermine.core.errors import BadUsageError  # noqa: PLC0415 - keeps --help fast

    host, _, number = written.rpartition(":")
    if host not in {"", "127.0.0.1", "localhost"}:
        message = f"--http {written!r}: the server listens on 127.0.0.1 only; give a port"
        raise BadUsageError(message)
    if not (number.isascii() and number.isdigit() and int(number) < 1 << 16):
        message = f"--http {written!r}: give a port, a number from 0 to 65535"
        raise BadUsageError(message)
    return int(number)


def _check_extra() -> None:
    """Refuse to begin without the packages of the extra.

    Raises:
        EnvironmentLacksError: If one is missing or too old.
    """
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    from countermine.core.errors import EnvironmentLacksError  # noqa: PLC0415

    try:
        found = version("mcp")
    except PackageNotFoundError:
        found = "0"
    if int(found.partition(".")[0]) < 2:  # noqa: PLR2004 - the first with this interface
        message = "`countermine mcp` needs the MCP SDK: install countermine[mcp]"
        raise EnvironmentLacksError(message)
