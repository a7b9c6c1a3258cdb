"""What may leave this machine for a model: what is hidden, who is asked, what goes on record."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from countermine.cli import options

if TYPE_CHECKING:
    from countermine.loop.folder import RunFolder
    from countermine.models.egress import EgressLog
    from countermine.models.gates import Gatekeeper
    from countermine.models.hiding import Hider
    from countermine.models.options import ModelSettings


def hider(root: Path) -> "Hider":
    """Return what hides secrets, and what tells of this machine, in questions about a tree."""
    from countermine.cli.surroundings import machine_names, state_folder  # noqa: PLC0415
    from countermine.models.hiding import Hider  # noqa: PLC0415
    from countermine.models.host_places import Machine  # noqa: PLC0415

    names = machine_names()
    roots = (root.absolute(), root.resolve())
    folders = (state_folder(), names.home)
    return Hider(
        machine=Machine(
            roots=tuple(sorted({str(one) for one in roots})),
            folders=tuple(str(one) for one in folders if one is not None),
            user=names.user,
            hosts=names.hosts,
        )
    )


def gatekeepers(settings: "ModelSettings", *, preview: bool) -> tuple["Gatekeeper", ...]:
    """Return what stands before each call: the privacy setting, and the user if they want to."""
    from countermine.models.privacy import PrivacyGate  # noqa: PLC0415 - loads the models' values

    gate = PrivacyGate(privacy=settings.privacy)
    if not preview:
        return (gate,)
    from countermine.models.preview import PreviewGate  # noqa: PLC0415

    return (gate, PreviewGate(show=_show, answer=_asking()))


def egress_log(folder: "RunFolder") -> "EgressLog":
    """Return the log of what a run sends."""
    from countermine.cli.surroundings import SystemClock  # noqa: PLC0415
    from countermine.models.egress import EGRESS, EgressLog  # noqa: PLC0415

    return EgressLog(folder.path / EGRESS, SystemClock())


def log(run: options.Run = None) -> int:
    """Print what a run sent to models: where to, how much, and digests; one JSON object a line.

    Each question has a line from before it was sent, and one that says what came of it.
    """
    import json  # noqa: PLC0415 - keeps --help fast

    from countermine.cli.exits import ExitCode  # noqa: PLC0415
    from countermine.cli.surroundings import state_folder  # noqa: PLC0415
    from countermine.loop.folder import named  # noqa: PLC0415
    from countermine.models.egress import EGRESS, read_log  # noqa: PLC0415

    for line in read_log(named(state_folder(), run).path / EGRESS):
        typer.echo(json.dumps(line, sort_keys=True))
    return ExitCode.CLEAN


def _show(text: str) -> None:
    from countermine.report.escape import printable  # noqa: PLC0415 - only for a preview

    # Line by line: a carriage return is shown as what it is.
    sys.stderr.write("\n".join(map(printable, text.split("\n"))) + "\n")


def _asking() -> Callable[[str], str] | None:
    """Return how the user is asked; ``None`` where nobody sits at a terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def asked(prompt: str) -> str:
        sys.stderr.write(prompt)
        sys.stderr.flush()
        return sys.stdin.readline()

    return asked
