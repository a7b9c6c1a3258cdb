"""Says how a handler of a web framework is asked: where its application is, what it needs.

Loaded by ``describe_entry``, in the target's interpreter, beside the harness that found the route
when it was driven.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import re
import sys
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Parameters = Callable[[Any, int], list[dict[str, Any]]]
    """Describes the parameters of a function but the first few."""

_PLACES = {"query": "query", "header": "header", "cookie": "cookie", "path": "path"}
_VALUES = {"integer": 1, "number": 1, "boolean": False, "array": [], "string": "sample"}
_DEEP = 6
_MOST_KEYS = 3


def describe(request: dict[str, Any], parameters: Parameters) -> dict[str, Any]:
    """Return the route that leads to an entry point, empty where it is none of a framework's."""
    harness = "countermine.prove.harness."
    drivers = importlib.import_module(harness + "drivers_asgi")
    web = importlib.import_module(harness + "drivers_web")
    loading = importlib.import_module(harness + "loading")
    base = tempfile.mkdtemp()
    os.mkdir(base + "/data")  # noqa: PTH102 - 3.8 and up
    scene = importlib.import_module(harness + "inputs").Scene((), base, "", is_attack=False)
    root = os.getcwd() + "/"  # noqa: PTH109 - 3.8 and up
    entry = loading.EntryJob(
        request["kind"],
        request["path"],
        request["qualname"],
        request["channel"],
        request["key"],
        0,
        root,
        tuple(request["roots"]),
    )
    loaded = web.load(entry, scene)
    if loaded.driver is None:
        return _told(loaded.what, parameters)
    if loaded.driver is not drivers:
        return {}
    door = loaded.what
    methods = getattr(door.route, "methods", None) or {"GET", "POST"}
    told = {
        "kind": "asgi",
        "rule": door.path,
        "methods": sorted(set(methods) - {"HEAD", "OPTIONS"}),
        "client": _has_client(),
        "along": list(_needs(door.app, door.path, methods, request["key"], request["stand_in"])),
    }
    told.update(_held(door.app, loading.load(entry), root))
    return told


def _told(door: Any, parameters: Parameters) -> dict[str, Any]:  # noqa: ANN401 - of the harness
    held = door.application
    if not held.expression:
        return {"error": "no test can get at an application that has the handler"}
    owner = getattr(sys.modules.get(held.module), held.expression, None)
    # A handler of the standard library is made by its server, for each request.
    made = inspect.isclass(owner) and door.framework != "http.server"
    known = made and "__init__" in vars(owner)
    return {
        "maker": parameters(vars(owner)["__init__"], 1) if known else None,
        "kind": "asgi",
        "speaks": door.framework,
        "module": held.module,
        "application": held.expression,
        "rule": door.address.path,
        "methods": sorted(door.address.methods),
        "keys": _read(door),
        "fields": "json" if "json" in door.address.names else "form",
    }


def _read(door: Any) -> list[str]:  # noqa: ANN401 - of the harness
    """Return names of fields that a handler may read, those it takes out of something first."""
    source = ""
    for one in door.functions:
        with contextlib.suppress(OSError, TypeError):
            source += inspect.getsource(one)
    taken = set(re.findall(r"(?:\[|\bget\w*\()\s*[\"']([\w.-]+)[\"']\s*[]),]", source))
    keys = [one for one in door.address.keys if not one.isupper()]
    return sorted(keys, key=lambda one: one not in taken)[:_MOST_KEYS]


def _has_client() -> bool:
    try:
        importlib.import_module(sys.modules["starlette"].__name__ + ".testclient")
    except Exception:  # noqa: BLE001 - its library is missing, or of another age
        return False
    return True


def _held(app: Any, module: Any, root: str) -> dict[str, Any]:  # noqa: ANN401 - of the target
    """Return what gives the application: a name, a function that makes it, or a router."""
    of_target = [
        one
        for name, one in sorted(sys.modules.items())
        if name != "__main__" and str(getattr(one, "__file__", None) or "").startswith(root)
    ]
    for holder in [module, *of_target]:
        for key, value in sorted(vars(holder).items()):
            if value is app:
                return {"module": holder.__name__, "application": key}
    factories = importlib.import_module("countermine.prove.harness.drivers_flask").FACTORIES
    for holder in of_target:
        for key in factories:
            made = getattr(holder, key, None)
            if (
                inspect.isfunction(made)
                and made.__module__ == holder.__name__
                and _makes(made, app)
            ):
                return {"module": holder.__name__, "application": key + "()"}
    for key, value in sorted(vars(module).items()):
        if type(value).__name__ == "APIRouter":
            return {"module": module.__name__, "application": key, "router": True}
    return {"error": "the application that holds the route has no name"}


def _makes(factory: Any, app: Any) -> bool:  # noqa: ANN401 - of the target
    try:
        return type(factory()) is type(app)
    except Exception:  # noqa: BLE001 - a factory that needs to be told more
        return False


def _needs(
    app: Any,  # noqa: ANN401 - of the target
    path: str,
    methods: set[str],
    key: str | None,
    stand_in: str,
) -> Iterator[list[Any]]:
    """Yield channel, key and value of what a request must have, by the application's own schema."""
    try:
        schema = app.openapi()
    except Exception:  # noqa: BLE001 - Starlette has none, and a FastAPI may fail to make its own
        return
    known = schema.get("paths", {}).get(re.sub(r":\w+}", "}", path), {})
    wanted = [one.lower() for one in sorted(methods)]
    asked: dict[str, Any] = next((known[one] for one in wanted if one in known), {})
    for one in asked.get("parameters", []):
        if one.get("required") and one.get("in") in _PLACES and one["name"] != key:
            yield [_PLACES[one["in"]], one["name"], _value(one.get("schema", {}), schema)]
    for media, content in sorted(asked.get("requestBody", {}).get("content", {}).items()):
        shape = _followed(content.get("schema", {}), schema)
        for name in shape.get("required", []):
            field = shape["properties"][name]
            if name == key:
                continue
            if media == "application/json":
                yield ["json", name, _value(field, schema, key, stand_in)]
            else:
                file = "contentMediaType" in field or field.get("format") == "binary"
                yield ["upload-content" if file else "form", name, _value(field, schema)]


def _followed(shape: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    for one in [shape, *shape.get("allOf", []), *shape.get("anyOf", [])]:
        if "$ref" in one:
            found: dict[str, Any] = schema["components"]["schemas"][one["$ref"].rsplit("/", 1)[-1]]
            return found
    return next(iter(shape.get("anyOf", [])), shape)


def _value(
    shape: dict[str, Any],
    schema: dict[str, Any],
    key: str | None = None,
    stand_in: str = "",
    depth: int = _DEEP,
) -> Any:  # noqa: ANN401 - any JSON
    """Return a harmless value of a shape, in which a key may be the one under attack."""
    shape = _followed(shape, schema)
    if "enum" in shape:
        return shape["enum"][0]
    if "const" in shape:
        return shape["const"]
    if shape.get("type") == "object" and depth:
        fields = shape.get("properties", {})
        asked = [one for one in fields if one in shape.get("required", []) or one == key]
        return {
            one: stand_in
            if one == key and stand_in
            else _value(fields[one], schema, key, stand_in, depth - 1)
            for one in asked
        }
    return _formatted(shape.get("format")) or _VALUES.get(shape.get("type", "string"), {})


def _formatted(name: str | None) -> str | None:
    return {
        "date": "2026-01-01",
        "date-time": "2026-01-01T00:00:00Z",
        "uuid": "00000000-0000-0000-0000-000000000001",
        "email": "sample@example.org",
        "uri": "http://localhost/",
    }.get(name or "")
