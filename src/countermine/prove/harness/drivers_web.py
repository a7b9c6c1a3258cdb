"""Drives handlers of web frameworks that have no driver of their own, by a real request."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from countermine.prove.harness import (
    doors_asgi,
    doors_sockets,
    doors_wsgi,
    drivers_asgi,
    drivers_function,
    loading,
    web,
)
from countermine.prove.harness.loading import NotDrivenError
from countermine.prove.harness.web_requests import built, suited

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from countermine.prove.harness.inputs import Scene, Value
    from countermine.prove.harness.loading import EntryJob
    from countermine.prove.harness.observer import Observer
    from countermine.prove.harness.web_doors import Door

_FINDERS = (
    ("quart", doors_asgi.quart),
    ("sanic", doors_asgi.sanic),
    ("aiohttp", doors_sockets.aiohttp),
    ("tornado", doors_sockets.tornado),
    ("bottle", doors_wsgi.bottle),
    ("", doors_wsgi.plain),
    ("", doors_asgi.plain),
    ("socketserver", doors_sockets.standard),
)
"""By the package whose handlers each finds; a plain application needs none."""


class Loaded(NamedTuple):
    """What was found to drive."""

    driver: Any
    """Another driver, where that knows the entry point; else ``None``."""
    what: Any


def load(entry: EntryJob, scene: Scene) -> Loaded:
    """Find the handler in an application of the target, or in one of ours.

    Raises:
        NotDrivenError: If no application has it.
    """
    module = loading.load(entry)
    door = _door(entry, module, scene)
    if door is not None:
        return Loaded(None, door)
    if entry.kind == "asgi-route":
        return Loaded(drivers_asgi, drivers_asgi.load(entry, scene))
    return Loaded(drivers_function, module)


def drive(loaded: Loaded, entry: EntryJob, scene: Scene, observer: Observer) -> str:
    """Send a request to the handler of an entry point and return the response as text."""
    if loaded.driver is drivers_function:
        scene = scene._replace(values=tuple(_as_parameter(one) for one in scene.values))
    if loaded.driver is not None:
        return str(loaded.driver.drive(loaded.what, entry, scene, observer))
    door: Door = loaded.what
    fitted = suited(scene, door.address)
    response = door.ask(built(door.address, fitted, {}), observer)
    if response.status >= _REFUSED:
        # The handler wants more than the value under attack: give it every field it names.
        known = {value.key for value in scene.values}
        fillings = {key: web.likely_value(key) for key in door.address.keys if key not in known}
        if fillings:
            observer.tell("asked-again", {"status": str(response.status)})
            response = door.ask(built(door.address, fitted, fillings), observer)
    return web.tell(observer, response)


def _as_parameter(value: Value) -> Value:
    """Return a value as what calls a function hands in, where no request is read by anybody.

    A tool of a language model gets its arguments as JSON, and is called by their names.
    """
    return value._replace(channel="parameter") if value.channel == "json" and value.key else value


_REFUSED = 400


def _door(entry: EntryJob, module: ModuleType, scene: Scene) -> Door | None:
    if entry.kind == "asgi-route" and _is_starlette(module):
        return None
    own = entry.qualname.rsplit(".", 1)[-1]
    second: Door | None = None
    for door in _doors(entry, module, scene):
        if any(loading.is_entry(one, entry) for one in door.functions):
            return door
        if second is None and any(loading.mentions(one, own) for one in door.functions):
            second = door
    return second


def _doors(entry: EntryJob, module: ModuleType, scene: Scene) -> Iterator[Door]:
    for package, find in _FINDERS:
        if package and package not in sys.modules:
            continue
        # What cannot be made for one framework says nothing of the others.
        with contextlib.suppress(NotDrivenError, AttributeError, TypeError, ValueError):
            yield from find(entry, module, scene)


def _is_starlette(module: ModuleType) -> bool:
    return any(
        getattr(one, "__module__", "").split(".")[0] in {"fastapi", "starlette"}
        for one in list(vars(module).values())
    )
