"""When an unpacked release came out: a folder of its files does not say, its index does."""

import hashlib
from dataclasses import replace
from email import message_from_string
from pathlib import Path

from packaging.utils import canonicalize_name

from countermine.core.errors import BadTargetError, EnvironmentLacksError
from countermine.core.targets import Target, TargetKind
from countermine.target.fetch_pypi import release_day
from countermine.target.fetched import IndexOptions
from countermine.target.network import without_credentials
from countermine.target.project import carried_metadata
from countermine.target.spec import PypiSpec
from countermine.target.state import fill_slot

_AREA = "releases"
_DAY = "released"


def dated(target: Target, state: Path, index: IndexOptions) -> Target:
    """Return a target with the day of its release, where it is a folder that a release fills.

    Only the metadata that a release carries makes it one: a working copy is of today. What the
    index says is kept, so that the same folder is given the same packages without a network.
    """
    if target.released is not None or target.kind is not TargetKind.DIRECTORY:
        return target
    spec = _release(Path(target.root))
    if spec is None:
        return target
    told = "\n".join(map(without_credentials, (index.url or "", *index.extra_urls)))
    asked = hashlib.sha256(f"{told}\n{spec.name}\n{spec.version}".encode()).hexdigest()
    try:
        slot = fill_slot(
            state, _AREA, f"day-{asked[:24]}", lambda _: {_DAY: release_day(spec, index) or ""}
        )
    except (BadTargetError, EnvironmentLacksError):
        return target
    return replace(target, released=slot.facts[_DAY] or None)


def _release(root: Path) -> PypiSpec | None:
    """Return the release that a folder's metadata names."""
    text = carried_metadata(root)
    if text is None:
        return None
    message = message_from_string(text)
    name, version = message.get("Name"), message.get("Version")
    if not name or not version:
        return None
    return PypiSpec(name=canonicalize_name(name), version=version)
