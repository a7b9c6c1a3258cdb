"""Cookies as they are given out: what they are called, and how far they may go."""

# ruff: noqa: ANN401 - stands in for calls of any type

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.observer import Observer
from countermine.prove.harness.places import text
from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from countermine.prove.harness.wrapping import Apply


def _tell(observer: Observer, line: object) -> None:
    """Report a cookie as it is written in a header."""
    first, *attributes = text(line).split(";")
    said = {one.strip().lower() for one in attributes}
    facts = {name: "1" if name in said else "0" for name in ("secure", "httponly")}
    observer.observe("cookie", {"key": first.partition("=")[0].strip(), **facts})


def _werkzeug(module: ModuleType, observer: Observer) -> None:
    original = module.dump_cookie

    def dump_cookie(*args: Any, **kwargs: Any) -> Any:
        line = original(*args, **kwargs)
        _tell(observer, line)
        return line

    replace(observer, module, "dump_cookie", dump_cookie)


def _morsels(module: ModuleType, observer: Observer) -> None:
    original = module.Morsel.OutputString

    def output(self: Any, *args: Any, **kwargs: Any) -> Any:
        line = original(self, *args, **kwargs)
        _tell(observer, line)
        return line

    replace(observer, module.Morsel, "OutputString", output)


def _django(module: ModuleType, observer: Observer) -> None:
    owner = module.HttpResponseBase
    original = owner.set_cookie

    def set_cookie(self: Any, key: Any, *args: Any, **kwargs: Any) -> Any:
        made = original(self, key, *args, **kwargs)
        _tell(observer, self.cookies[key].OutputString())
        return made

    replace(observer, owner, "set_cookie", set_cookie)


WATCHED: Mapping[str, Apply] = {
    "werkzeug.http": _werkzeug,
    "http.cookies": _morsels,
    "django.http.response": _django,
}
"""Module to how it is wrapped once it is loaded."""
