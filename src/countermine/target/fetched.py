"""Where trees are fetched from, and what fetching leaves on this machine."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LeftOut:
    """A member that was not unpacked."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """Which package index is used, and how it is reached."""

    url: str | None = None
    """Of the simple API, may hold credentials; ``None`` for PyPI."""
    extra_urls: tuple[str, ...] = ()
    """Asked when the first does not have the package; file URLs count."""
    proxy: str | None = None
    """URL of the proxy that clones and downloads go through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedTree:
    """A tree below the state folder that nothing writes to any more."""

    root: Path
    revision: str
    """Commit or version."""
    released: str | None
    """UTC date (ISO 8601) of the release or commit, where one is known."""
    left_out: tuple[LeftOut, ...] = ()
    """What of the archive or commit was not laid out."""


def show_left_out(left_out: Iterable[LeftOut]) -> str:
    """Return what was left out as JSON, for the facts of a slot."""
    return json.dumps([(out.path, out.reason) for out in left_out])


def read_left_out(shown: str) -> tuple[LeftOut, ...]:
    """Return what ``show_left_out`` was given."""
    return tuple(LeftOut(path=path, reason=reason) for path, reason in json.loads(shown))
