"""Wrappers for what unpacks: how much has come out so far, and how much memory is held for it."""

# ruff: noqa: ANN401 - stands in for calls of any type

from __future__ import annotations

import importlib
import threading
from types import ModuleType
from typing import TYPE_CHECKING, Any

from countermine.prove.harness import wrapping
from countermine.prove.harness.observer import Observer
from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from countermine.prove.harness.wrapping import Apply

_STEP = 4 << 20
"""Bytes after which it is told again, at the latest."""


def _peak() -> int:
    """Return the most memory that the process has held so far, in bytes."""
    resource = importlib.import_module("resource")
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) << 10


class Meter:
    """Adds up what was unpacked in this process; of calls inside one another the outer counts."""

    def __init__(self, observer: Observer) -> None:
        """Count from nothing."""
        self._observer = observer
        self._total = 0
        self._told = 0
        self._before: int | None = None
        self._local = threading.local()

    def counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does the same, and counts what it gives."""

        def counting(*args: Any, **kwargs: Any) -> Any:
            if getattr(self._local, "inside", False):
                return call(*args, **kwargs)
            if self._before is None:
                self._before = _peak()
            self._local.inside = True
            try:
                given = call(*args, **kwargs)
            finally:
                self._local.inside = False
            self._add(len(given))
            return given

        return counting

    def _add(self, size: int) -> None:
        self._total += size
        if not self._told or self._total >= min(2 * self._told, self._told + _STEP):
            self._told = self._total
            held = max(0, _peak() - (self._before or 0))
            facts = {"bytes": str(self._total), "held": str(held)}
            self._observer.observe("unpacked", facts)


class Unpacker:
    """What unpacks piece by piece, counted."""

    def __init__(self, inner: Any, meter: Meter) -> None:
        """Stand for another one."""
        self._inner = inner
        self._meter = meter
        self.decompress = meter.counted(inner.decompress)
        if hasattr(inner, "flush"):
            self.flush = meter.counted(inner.flush)

    def copy(self) -> Unpacker:
        """Return another one that has read as much."""
        return Unpacker(self._inner.copy(), self._meter)

    def __getattr__(self, name: str) -> Any:
        """Return what the other one has."""
        return getattr(self._inner, name)


def _watched(meter: Meter, maker: str) -> Apply:
    def apply(module: ModuleType, observer: Observer) -> None:
        made = getattr(module, maker)

        def make(*args: Any, **kwargs: Any) -> Any:
            return Unpacker(made(*args, **kwargs), meter)

        replace(observer, module, maker, make)
        replace(observer, module, "decompress", meter.counted(module.decompress))

    return apply


def _gzip(meter: Meter) -> Apply:
    def apply(module: ModuleType, observer: Observer) -> None:
        replace(observer, module, "decompress", meter.counted(module.decompress))

    return apply


def watch(observer: Observer, *, wanted: bool) -> None:
    """Count what is unpacked, if that is wanted."""
    if not wanted:
        return
    meter = Meter(observer)
    watched: Mapping[str, Apply] = {
        "zlib": _watched(meter, "decompressobj"),
        "bz2": _watched(meter, "BZ2Decompressor"),
        "lzma": _watched(meter, "LZMADecompressor"),
        "gzip": _gzip(meter),
    }
    wrapping.watch(watched, observer)
