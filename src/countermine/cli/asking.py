"""Builds the models of a run out of the configuration; loads nothing where there are none."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from countermine.cli.interrupts import STOPPED
from countermine.cli.surroundings import SystemClock, state_folder
from countermine.loop.folder import RunFolder
from countermine.loop.records import ModelTerms, RunRequest
from countermine.ports.model import Model, NoModel
from countermine.target.memory import FolderMemory

if TYPE_CHECKING:
    from countermine.models.options import ModelSettings
    from countermine.models.transport import Transport


@contextmanager
def model_for(request: RunRequest, folder: RunFolder, *, resumed: bool) -> Iterator[Model]:
    """Give the models that a run may ask, as one, and close their connections at the end.

    Args:
        request: What the run is asked.
        folder: The run's own; calls, answers and the egress log are kept there.
        resumed: Whether another process began it.

    Raises:
        BadUsageError: If the models are configured no more, or a record cannot be read.
        EnvironmentLacksError: If what they need is not installed, or a record cannot be written.
    """
    terms = request.models
    if terms is None:
        yield NoModel()
        return
    from countermine.cli.config import models_of  # noqa: PLC0415 - not without models
    from countermine.cli.model_means import require_extra  # noqa: PLC0415

    require_extra()
    from countermine.cli.leaving import gatekeepers, hider  # noqa: PLC0415
    from countermine.loop.calls.store import SqliteCalls  # noqa: PLC0415
    from countermine.models.means import RosterMeans  # noqa: PLC0415
    from countermine.models.pricing import price_of  # noqa: PLC0415
    from countermine.models.roster import Roster  # noqa: PLC0415

    settings = _capped(models_of(Path(terms.origin)), terms)
    store = SqliteCalls(folder.calls)
    if resumed:
        store.recover()
    apart = terms.record is not None or terms.replay is not None
    root = Path(request.target) if request.typed is not None else state_folder()
    with ExitStack() as stack:
        stack.callback(store.close)
        means = RosterMeans(
            transport=_transport(terms, folder, stack, resumed=resumed),
            store=store,
            clock=SystemClock(),
            # An interrupt ends every wait. A replay has nobody to wait for.
            sleep=_no_wait if terms.replay is not None else _wait,
            price=price_of,
            hide=hider(root).hide,
            gatekeepers=gatekeepers(settings, preview=terms.preview),
            memory=FolderMemory(state_folder()) if settings.cache and not apart else None,
        )
        yield Roster(settings, means)


def _transport(
    terms: ModelTerms, folder: RunFolder, stack: ExitStack, *, resumed: bool
) -> "Transport":
    from countermine.models.recording import Recording, Replaying  # noqa: PLC0415

    if terms.replay is not None:
        return Replaying(Path(terms.replay))
    from countermine.cli.leaving import egress_log  # noqa: PLC0415
    from countermine.cli.model_means import provider_transport  # noqa: PLC0415
    from countermine.models.egress import Logged  # noqa: PLC0415

    provider = stack.enter_context(provider_transport())
    logged = Logged(inner=provider, log=egress_log(folder))
    if terms.record is None:
        return logged
    return Recording(logged, Path(terms.record), anew=not resumed)


def _capped(settings: "ModelSettings", terms: ModelTerms) -> "ModelSettings":
    if terms.max_usd is None:
        return settings
    run = replace(settings.caps.run, usd=terms.max_usd)
    return replace(settings, caps=replace(settings.caps, run=run))


def _wait(seconds: float) -> None:
    STOPPED.wait(seconds)


def _no_wait(seconds: float) -> None:
    del seconds
