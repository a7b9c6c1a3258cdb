"""Drives routes of FastAPI and Starlette, speaking ASGI to the application itself."""

# ruff: noqa: ANN401 - the frameworks are the target's, not ours: their types are not known here

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from countermine.prove.harness import arguments, drivers_flask, loading, web
from countermine.prove.harness.inputs import BENIGN
from countermine.prove.harness.loading import NotDrivenError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.loading import EntryJob
    from countermine.prove.harness.observer import Observer

MAX_FILLINGS = 4
"""A route is asked again with what its refusal says is missing, this often."""


class Door(NamedTuple):
    """A route of an application."""

    app: Any
    route: Any
    path: str


class Request(NamedTuple):
    """What goes in."""

    method: str
    path: str
    query: str
    headers: list[tuple[bytes, bytes]]
    body: bytes


def drive(door: Door, _entry: EntryJob, scene: Scene, observer: Observer) -> str:
    """Send a request to the route of an entry point and return the response as text."""
    asyncio = importlib.import_module("asyncio")
    fillings: dict[str, Any] = {"query": {}, "body": {}, "path": {}, "header": {}, "cookie": {}}
    fillings["files"] = set()
    response = web.Response(0, "", "", b"")
    for _ in range(MAX_FILLINGS):
        request = _request(door, scene, fillings)
        response = asyncio.run(_exchanged(door.app, request, observer))
        if response.status != 422 or not _learn(response.body, fillings, scene):  # noqa: PLR2004 - FastAPI's refusal
            break
    return web.tell(observer, response)


def _learn(body: bytes, fillings: dict[str, Any], scene: Scene) -> bool:
    """Take from a refusal which fields are missing; tell whether anything new was learned."""
    try:
        complaints = json.loads(body)["detail"]
    except (ValueError, KeyError, TypeError):
        return False
    attacked = {value.key for value in scene.values}
    new = False
    for complaint in complaints if isinstance(complaints, list) else []:
        place, *path = complaint.get("loc", [""])
        group = fillings.get(place)
        if group is None or not path or path[-1] in attacked:
            continue
        holder = group
        for part in path[:-1]:
            holder = holder.setdefault(part, {})
        if "UploadFile" in str(complaint.get("msg", "")):
            new = new or path[-1] not in fillings["files"]
            fillings["files"].add(path[-1])
            continue
        value: Any = _suited(str(complaint.get("type", "")), str(path[-1]))
        if isinstance(holder, dict) and holder.get(path[-1]) != value:
            holder[path[-1]] = value
            new = True
    return new


def _suited(complaint: str, name: str) -> Any:
    for words, value in (
        (("int", "float", "number", "decimal"), 1),
        (("bool",), False),
        (("list",), []),
        (("dict", "model"), {}),
        (("uuid",), "00000000-0000-0000-0000-000000000001"),
        (("datetime",), "2026-01-01T00:00:00Z"),
        (("date",), "2026-01-01"),
    ):
        if any(word in complaint for word in words):
            return value
    return web.likely_value(name)


def _request(door: Door, scene: Scene, fillings: dict[str, Any]) -> Request:
    allowed = getattr(door.route, "methods", None) or {"GET"}
    method = web.method(scene, allowed)
    query = {**fillings["query"], **{v.key or BENIGN: v.text for v in scene.of("query")}}
    body, content_type = _body(scene, fillings, method)
    headers = {"host": "localhost", "accept": "*/*", **fillings["header"]}
    headers.update({(v.key or "x-value").lower(): v.text for v in scene.of("header")})
    cookies = {**fillings["cookie"], **{v.key or BENIGN: v.text for v in scene.of("cookie")}}
    if cookies:
        headers["cookie"] = "; ".join(f"{key}={text}" for key, text in cookies.items())
    if body or content_type:
        headers.update({"content-type": content_type, "content-length": str(len(body))})
    raw = [
        (key.encode(), re.sub(r"[\r\n]", " ", str(text)).encode("latin-1", "replace"))
        for key, text in headers.items()
        if text
    ]
    return Request(method, _path(door, scene, fillings), urlencode(query), raw, body)


def _body(scene: Scene, fillings: dict[str, Any], method: str) -> tuple[bytes, str]:
    if method == "GET":
        return b"", ""
    whole = scene.of("body")
    if whole:
        return whole[0].data, "application/octet-stream"
    files = [*web.uploads(scene), *web.plain_uploads(sorted(fillings["files"]))]
    fields = {value.key or BENIGN: value.text for value in scene.of("form")}
    if files:
        given = fillings["body"].items()
        texts = {key: str(value) for key, value in given if key not in fillings["files"]}
        return web.multipart({**texts, **fields}, files)
    if fields:
        data = urlencode({**fillings["body"], **fields}).encode()
        return data, "application/x-www-form-urlencoded"
    document = drivers_flask.json_body(scene, fillings["body"]) if scene.of("json") else ""
    if not document and fillings["body"]:
        document = json.dumps(fillings["body"])
    return document.encode(), "application/json" if document else ""


def _path(door: Door, scene: Scene, fillings: dict[str, Any]) -> str:
    attacked = {value.key: value.text for value in scene.of("path")}

    def filled(match: re.Match[str]) -> str:
        name, kind = match.group(1), match.group(2) or ""
        text = attacked.get(name, attacked.get(None))
        if text is None:
            text = str(fillings["path"].get(name, "1" if kind in {"int", "float"} else BENIGN))
        return text if kind == "path" else quote(text, safe="")

    return re.sub(r"{(\w+)(?::(\w+))?}", filled, door.path)


async def _exchanged(app: Any, request: Request, observer: Observer) -> web.Response:
    """Send one request to an application and gather what it sends back."""
    sent = [False]
    status = [500]
    headers: dict[str, str] = {}
    chunks: list[bytes] = []

    async def receive() -> dict[str, Any]:
        if sent[0]:
            # A client that stays: told of a disconnect, an answer that streams would stop.
            await importlib.import_module("asyncio").Event().wait()
        sent[0] = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            status[0] = message["status"]
            for key, text in message.get("headers", []):
                headers[key.decode("latin-1").lower()] = text.decode("latin-1")
        elif message["type"] == "http.response.body":
            chunks.append(message.get("body", b""))

    unquoted = importlib.import_module("urllib.parse").unquote(request.path)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquoted,
        "raw_path": request.path.encode(),
        "query_string": request.query.encode(),
        "root_path": "",
        "headers": request.headers,
        "client": ("127.0.0.1", 50000),
        "server": ("localhost", 80),
        "state": {},
    }
    try:
        await app(scope, receive, send)
    except Exception as problem:  # noqa: BLE001 - whatever a route raises is its answer
        observer.tell("raised", {"error": f"{type(problem).__name__}: {problem}"[:1000]})
    content_type = headers.get("content-type", "")
    return web.Response(status[0], content_type, headers.get("location", ""), b"".join(chunks))


def load(entry: EntryJob, scene: Scene) -> Door:
    """Find the route in an application of the target.

    Raises:
        NotDrivenError: If no application has it.
    """
    module = loading.load(entry)
    seen = 0
    doors: list[Door] = []
    for app in _apps(entry, module, scene):
        seen += 1
        doors += list(_routes(app, app.routes, ""))
    own = entry.qualname.rsplit(".", 1)[-1]
    for door in doors:
        if any(loading.is_entry(one, entry) for one in _endpoints(door.route)):
            return door
    for door in doors:
        if any(loading.mentions(one, own) for one in _endpoints(door.route)):
            return door
    message = f"none of the {seen} ASGI applications found has {entry.qualname} of {entry.path}"
    raise NotDrivenError(message)


def _endpoints(route: Any) -> list[Any]:
    endpoint = route.endpoint
    if not inspect.isclass(endpoint):
        return [endpoint]
    names = ("get", "post", "put", "patch", "delete", "dispatch")
    return [getattr(endpoint, name) for name in names if hasattr(endpoint, name)]


def _routes(app: Any, routes: Any, prefix: str) -> Iterator[Door]:
    for route in routes:
        inner = getattr(route, "routes", None)
        included = getattr(route, "original_router", None)
        if included is not None:  # FastAPI since 0.140 keeps routers that are included apart
            at = getattr(getattr(route, "include_context", None), "prefix", "")
            yield from _routes(app, included.routes, prefix + at)
        elif inner:
            yield from _routes(app, inner, prefix + getattr(route, "path", ""))
        elif hasattr(route, "endpoint"):
            yield Door(app, route, prefix + route.path)


def _apps(entry: EntryJob, module: ModuleType, scene: Scene) -> Iterator[Any]:
    """Yield applications: of the entry's module, of modules that make one, one made for it."""
    yield from _apps_of(module, scene)
    for word in (b"FastAPI(", b"Starlette("):
        for path in web.modules_that_mention(entry.root, word):
            if path == entry.file:
                continue
            other = entry._replace(path=path[len(entry.root) :])
            with contextlib.suppress(Exception):  # a module of the target that cannot be loaded
                yield from _apps_of(loading.load(other), scene)
    for one in _sorted_values(module):
        if type(one).__name__ == "APIRouter":
            app = importlib.import_module("fastapi").FastAPI()
            app.include_router(one)
            yield app


def _sorted_values(module: ModuleType) -> list[Any]:
    return [one for _, one in sorted(vars(module).items())]


def _is_app(one: Any) -> bool:
    names = {base.__name__ for base in type(one).__mro__}
    return "Starlette" in names


def _apps_of(module: ModuleType, scene: Scene) -> Iterator[Any]:
    yield from (one for one in _sorted_values(module) if _is_app(one))
    for name in drivers_flask.FACTORIES:
        factory = getattr(module, name, None)
        if not inspect.isfunction(factory):
            continue
        with contextlib.suppress(Exception):  # a factory that wants what is not here
            built = arguments.build(factory, scene._replace(values=()))
            app = factory(*built.positional, **built.named)
            if _is_app(app):
                yield app
