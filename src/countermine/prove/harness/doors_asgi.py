"""Finds handlers that answer by ASGI: of Quart and Sanic, and plain applications."""

# ruff: noqa: ANN401 - the frameworks are the target's, not ours: their types are not known here

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Any

from countermine.prove.harness import drivers_function, loading, web_speaking
from countermine.prove.harness.inputs import BENIGN
from countermine.prove.harness.web_doors import (
    Application,
    Door,
    address,
    applications,
    bottle_like,
    flask_like,
    parameters,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.loading import EntryJob


def _with_blueprints(
    module: ModuleType, blueprint: type, app: Any, register: Callable[[Any], Any]
) -> Iterator[Application]:
    """Yield an application of ours with the blueprints of a module, if it has any."""
    found = [one for _, one in sorted(vars(module).items()) if isinstance(one, blueprint)]
    for one in found:
        register(one)
    if found:
        yield Application("", "", app)


def _functions(handler: Any) -> list[Any]:
    """Return the handler, or the methods of the class that it stands for."""
    of_class = getattr(handler, "view_class", None)
    if of_class is None:
        return [handler]
    names = ("get", "post", "put", "patch", "delete", "dispatch_request")
    return [getattr(of_class, name) for name in names if hasattr(of_class, name)]


def quart(entry: EntryJob, module: ModuleType, scene: Scene) -> Iterator[Door]:
    """Yield the routes of Quart applications."""
    framework = importlib.import_module("quart")

    def found() -> Iterator[Application]:
        yield from applications(
            entry, module, b"Quart(", lambda one: isinstance(one, framework.Quart), scene
        )
        app = framework.Quart(BENIGN)
        yield from _with_blueprints(module, framework.Blueprint, app, app.register_blueprint)

    for app in found():
        for rule in app.value.url_map.iter_rules():
            functions = _functions(app.value.view_functions.get(rule.endpoint))
            where = address(flask_like(rule.rule), rule.methods or ["GET"], functions, entry)
            yield _door("quart", app, where, functions)


def sanic(entry: EntryJob, module: ModuleType, scene: Scene) -> Iterator[Door]:
    """Yield the routes of Sanic applications."""
    framework = importlib.import_module("sanic")

    def found() -> Iterator[Application]:
        yield from applications(
            entry, module, b"Sanic(", lambda one: isinstance(one, framework.Sanic), scene
        )
        app = framework.Sanic(BENIGN)
        yield from _with_blueprints(module, framework.Blueprint, app, app.blueprint)

    for app in found():
        for route in app.value.router.routes:
            functions = _functions(route.handler)
            path = "/" + bottle_like(route.path.lstrip("/"))
            yield _door("sanic", app, address(path, route.methods, functions, entry), functions)


def plain(entry: EntryJob, module: ModuleType, scene: Scene) -> Iterator[Door]:
    """Yield what is an ASGI application by itself."""
    owner, found = loading.find(module, entry.qualname)
    if parameters(found)[:3] != ["scope", "receive", "send"]:
        return
    called = drivers_function.bound(owner, found, entry, scene._replace(values=()))
    # What is called like a function is an object of the class, which the caller has to make.
    expression = entry.qualname if owner is None else entry.qualname.rpartition(".")[0]
    app = Application(module.__name__, expression, called)
    yield _door("asgi", app, address("/", ["*"], [found], entry), [found])


def _door(framework: str, app: Application, where: Any, functions: list[Any]) -> Door:
    ask = functools.partial(web_speaking.asgi, app.value)
    return Door(framework, app, where, tuple(functions), ask)
