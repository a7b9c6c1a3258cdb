"""Fetches the release or the commit of a run again where `clean` has removed it."""

from dataclasses import replace
from pathlib import Path

from countermine.core.errors import BadTargetError
from countermine.loop.means import Means, open_options
from countermine.loop.records import Opened, OpenedTarget, RunRequest
from countermine.target.open import open_target
from countermine.target.spec import DirectorySpec, GitSpec, parse_spec


def restore(opened: OpenedTarget | None, request: RunRequest, means: Means) -> None:
    """Fetch the target of a run into the place where it was, unless it is there.

    Of a repository it is the commit that the run searched, wherever its branch stands now. What
    is a directory of the user's is left to ``unchanged``.

    Raises:
        BadTargetError: If there is no such release or commit any more, or the place is another.
        EnvironmentLacksError: If the network, the index or the disk does not answer.
    """
    if not isinstance(opened, Opened) or Path(opened.target.root).is_dir():
        return
    spec = parse_spec(request.target)
    if isinstance(spec, DirectorySpec):
        return
    if isinstance(spec, GitSpec):
        spec = replace(spec, ref=opened.target.revision)
    root = open_target(spec, open_options(means, request)).root
    if root != opened.target.root:
        message = (
            f"{opened.target.spec} was removed from {opened.target.root!r} and is fetched to "
            f"{root!r} with these settings; set COUNTERMINE_STATE and the package index as they "
            f"were for run {request.run}, or begin a new run"
        )
        raise BadTargetError(message)
