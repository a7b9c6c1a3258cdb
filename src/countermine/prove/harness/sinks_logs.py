"""Records of logs, as they are written.

Which levels are written is a setting of whoever runs the target. Where the log is what is looked
at, records of every level are made; only those that the target writes anyway go on from there.
"""

# ruff: noqa: ANN401 - stands in for calls of any type

from __future__ import annotations

import contextlib
import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.observer import Observer
from countermine.prove.harness.places import text
from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Iterator


def watch(observer: Observer, *, wanted: bool) -> None:
    """Report what is logged, if that is wanted."""
    if wanted:
        _logging(importlib.import_module("logging"), observer)
        _syslog(importlib.import_module("syslog"), observer)


def _logging(module: ModuleType, observer: Observer) -> None:
    logger = module.Logger
    is_written, handled = logger.isEnabledFor, logger.callHandlers

    def is_enabled_for(self: Any, level: Any) -> bool:
        return bool(is_written(self, level)) or _is_recording(self)

    def call_handlers(self: Any, record: Any) -> None:
        # Of what does not fit its format the target's own handlers complain.
        with contextlib.suppress(Exception):
            for line in _written(module, self, record):
                observer.observe("log", {"logger": text(self.name), "text": text(line)})
        if is_written(self, record.levelno):
            handled(self, record)

    replace(observer, logger, "isEnabledFor", is_enabled_for)
    replace(observer, logger, "callHandlers", call_handlers)


def _is_recording(logger: Any) -> bool:
    """Tell whether a logger is one that may write records at all."""
    return not logger.disabled


def _written(module: Any, logger: Any, record: Any) -> Iterator[str]:
    """Yield a record as each handler writes it, or as it would be written without any."""
    found = False
    while logger is not None:
        for handler in logger.handlers:
            if handler.formatter is not None:
                found = True
                yield handler.format(record)
        logger = logger.parent if logger.propagate else None
    if not found:
        yield module.Formatter().format(record)


def _syslog(module: ModuleType, observer: Observer) -> None:
    original = module.syslog

    def syslog(*args: Any) -> None:
        observer.observe("log", {"logger": "syslog", "text": text(args[-1])})
        original(*args)

    replace(observer, module, "syslog", syslog)
