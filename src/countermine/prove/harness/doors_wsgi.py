"""Finds handlers that answer by WSGI: of Bottle and Werkzeug, and plain applications."""

# ruff: noqa: ANN401 - the frameworks are the target's, not ours: their types are not known here

from __future__ import annotations

import functools
import importlib
import inspect
from typing import TYPE_CHECKING, Any

from countermine.prove.harness import arguments, drivers_function, loading, web_speaking
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
    from collections.abc import Iterator
    from types import ModuleType

    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.loading import EntryJob


def bottle(entry: EntryJob, module: ModuleType, scene: Scene) -> Iterator[Door]:
    """Yield the routes of Bottle applications, the default one's too, then one of our own."""
    framework = importlib.import_module("bottle")

    def is_application(one: Any) -> bool:
        return isinstance(one, framework.Bottle) and one is not framework.default_app()

    known = list(applications(entry, module, b"Bottle(", is_application, scene))
    for app in (*known, Application("bottle", "default_app()", framework.default_app())):
        for route in app.value.routes:
            where = address(bottle_like(route.rule), [route.method], [route.callback], entry)
            yield _door("bottle", app, where, route.callback)
    owner, found = loading.find(module, entry.qualname)
    handler = drivers_function.bound(owner, found, entry, scene._replace(values=()))
    named = parameters(found)
    app = Application("", "", framework.Bottle())
    path = "/" + "/".join(f"<{one}:path>" if one == entry.key else f"<{one}>" for one in named)
    app.value.route(path, method=["GET", "POST"], callback=handler)
    yield _door("bottle", app, address(bottle_like(path), ["*"], [found], entry), found)


def _door(framework: str, app: Application, where: Any, *functions: Any) -> Door:
    return Door(framework, app, where, functions, functools.partial(web_speaking.wsgi, app.value))


_ENVIRON = ("environ", "env")


def plain(entry: EntryJob, module: ModuleType, scene: Scene) -> Iterator[Door]:
    """Yield what is an application of PEP 3333 by itself, or the class that is one."""
    owner, found = loading.find(module, entry.qualname)
    if owner is not None and inspect.isclass(owner):
        yield from _of_class(owner, entry, scene)
    first = parameters(found)[:2]
    werkzeug = next((code.co_filename for code in loading.codes(found)), "")
    is_wrapped = "/werkzeug/" in werkzeug
    if is_wrapped or (len(first) == 2 and first[0] in _ENVIRON):  # noqa: PLR2004 - of PEP 3333
        called = drivers_function.bound(owner, found, entry, scene._replace(values=()))
        expression = entry.qualname if owner is None else ""
        app = Application(module.__name__, expression, called)
        yield _door("wsgi", app, address("/", ["*"], [found], entry), found)


def _of_class(owner: type, entry: EntryJob, scene: Scene) -> Iterator[Door]:
    """Yield the handlers of an object that is an application, by its map of addresses."""
    call = getattr(owner, "__call__", None)  # noqa: B004 - its parameters are looked at
    if parameters(call)[:1] not in ([name] for name in _ENVIRON):
        return
    made = arguments.instance(owner, scene._replace(values=()))
    needs = [
        one for one in inspect.signature(owner).parameters.values() if one.default is one.empty
    ]
    expression = "" if needs else f"{owner.__qualname__}()"
    app = Application(owner.__module__, expression, made)
    own = entry.qualname.rsplit(".", 1)[-1]
    function = getattr(owner, own, None)
    rules = getattr(getattr(made, "url_map", None), "iter_rules", lambda: ())()
    for rule in rules:
        if str(rule.endpoint) in {own, own.replace("on_", "", 1)}:
            where = address(flask_like(rule.rule), rule.methods or ["*"], [function], entry)
            yield _door("wsgi", app, where, function)
    yield _door("wsgi", app, address("/", ["*"], [function], entry), function)
