"""Finds handlers that answer over a connection: of aiohttp, Tornado and the standard library.

The connection is a pair of sockets inside the process; nothing is sent to any network.
"""

# ruff: noqa: ANN401 - the frameworks are the target's, not ours: their types are not known here

from __future__ import annotations

import functools
import importlib
import inspect
import re
import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from countermine.prove.harness import arguments, drivers_function, loading, web, web_speaking
from countermine.prove.harness.web_doors import (
    VERBS,
    Application,
    Door,
    address,
    applications,
    parameters,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.loading import EntryJob
    from countermine.prove.harness.observer import Observer
    from countermine.prove.harness.web_requests import Request


def aiohttp(entry: EntryJob, module: ModuleType, scene: Scene) -> Iterator[Door]:
    """Yield the routes of aiohttp applications, then of one of ours with what a module has."""
    framework = importlib.import_module("aiohttp.web")

    def is_application(one: Any) -> bool:
        return isinstance(one, framework.Application)

    for app in applications(entry, module, b"Application(", is_application, scene):
        yield from _aiohttp_routes(app, entry)
    own = framework.Application()
    for _, one in sorted(vars(module).items()):
        if isinstance(one, framework.RouteTableDef):
            own.add_routes(one)
    yield from _aiohttp_routes(Application("", "", own), entry)
    owner, found = loading.find(module, entry.qualname)
    own = framework.Application()
    path = "/{%s:.*}" % (entry.key if entry.channel == "path" else "rest")
    if inspect.isclass(owner) and issubclass(owner, framework.View):
        own.router.add_route("*", path, owner)
    else:
        handler = drivers_function.bound(owner, found, entry, scene._replace(values=()))
        own.router.add_route("*", path, handler)
    yield from _aiohttp_routes(Application("", "", own), entry)


def _aiohttp_routes(app: Application, entry: EntryJob) -> Iterator[Door]:
    for route in app.value.router.routes():
        handler = route.handler
        functions = [handler]
        if inspect.isclass(handler):
            functions = [getattr(handler, v.lower()) for v in VERBS if hasattr(handler, v.lower())]
        resource = route.resource
        if resource is None:
            continue
        path = resource.canonical
        pattern = resource.get_info().get("pattern")
        if pattern is not None:
            path = re.sub(r"{(\w+)}", functools.partial(_kind, pattern, path), path)
        where = address(path, [route.method], functions, entry)
        ask = functools.partial(_ask_aiohttp, app.value)
        yield Door("aiohttp", app, where, tuple(functions), ask)


def _kind(pattern: Any, path: str, found: Any) -> str:
    """Return a variable of an address, as one that takes whole paths where it does."""
    name = found[1]
    tried = re.sub(r"{(\w+)}", lambda one: "a/b" if one[1] == name else "1", path)
    return f"{{{name}:path}}" if pattern.fullmatch(tried) else f"{{{name}}}"


def _ask_aiohttp(app: Any, request: Request, observer: Observer) -> web.Response:
    framework = importlib.import_module("aiohttp.web")
    asyncio = importlib.import_module("asyncio")

    async def exchanged() -> bytes:
        runner = framework.AppRunner(app, access_log=None)
        await runner.setup()
        ours, theirs = socket.socketpair()
        loop = asyncio.get_event_loop()
        await loop.connect_accepted_socket(runner.server, theirs)
        reader, writer = await asyncio.open_connection(sock=ours)
        writer.write(request.raw)
        answer: bytes = await reader.read(web_speaking.MAX_ANSWER)
        writer.close()
        await runner.cleanup()
        return answer

    async def whole() -> bytes:
        return await asyncio.wait_for(exchanged(), _ANSWER_S)  # type: ignore[no-any-return]  # bytes

    try:
        return web_speaking.read(asyncio.run(whole()), request.method)
    except Exception as problem:  # noqa: BLE001 - whatever starting the application raises
        return web_speaking.told(observer, problem)


_ANSWER_S = 10


def tornado(entry: EntryJob, module: ModuleType, scene: Scene) -> Iterator[Door]:
    """Yield the handlers of Tornado applications, then the entry's in one of ours."""
    framework = importlib.import_module("tornado.web")
    owner, found = loading.find(module, entry.qualname)
    if not (inspect.isclass(owner) and issubclass(owner, framework.RequestHandler)):
        return

    def is_application(one: Any) -> bool:
        return isinstance(one, framework.Application)

    for app in applications(entry, module, b"Application(", is_application, scene):
        for rule in _tornado_rules(app.value):
            if inspect.isclass(rule.target) and issubclass(rule.target, owner):
                yield _tornado_door(app, _tornado_path(rule, found), entry, found)
    named = parameters(found)
    initialize: Any = owner.initialize  # type: ignore[attr-defined]  # every such handler has it
    built = arguments.build(initialize, scene._replace(values=()), skip=1)
    given = dict(zip(parameters(initialize), built.positional))  # noqa: B905 - 3.8 and up
    pattern = "/" + "/".join("(.*)" for _ in named)
    own = framework.Application([(pattern, owner, {**given, **built.named})])
    path = "/" + "/".join(f"{{{name}:path}}" for name in named)
    yield _tornado_door(Application("", "", own), path, entry, found)


def _tornado_rules(app: Any) -> Iterator[Any]:
    for router in (getattr(app, "default_router", None), getattr(app, "wildcard_router", None)):
        left = list(getattr(router, "rules", ()))
        while left:
            rule = left.pop(0)
            inner = getattr(rule.target, "rules", None)
            if inner is not None:
                left += inner
            elif hasattr(rule.matcher, "regex"):
                yield rule


def _tornado_path(rule: Any, found: Any) -> str:
    regex = rule.matcher.regex
    names = parameters(found)
    known = {place: name for name, place in regex.groupindex.items()}
    path = getattr(rule.matcher, "_path", None) or re.sub(r"\([^()]*\)", "%s", regex.pattern)
    path = path.rstrip("$").replace("\\", "")
    for place in range(1, regex.groups + 1):
        name = known.get(place) or (names[place - 1] if place <= len(names) else f"part{place}")
        path = path.replace("%s", f"{{{name}:path}}", 1)
    return str(path)


def _tornado_door(app: Application, path: str, entry: EntryJob, found: Any) -> Door:
    where = address(path, VERBS, [found], entry)
    return Door("tornado", app, where, (found,), functools.partial(_ask_tornado, app.value))


def _ask_tornado(app: Any, request: Request, observer: Observer) -> web.Response:
    httpserver = importlib.import_module("tornado.httpserver")
    loop = importlib.import_module("tornado.ioloop").IOLoop.current()
    stream = importlib.import_module("tornado.iostream").IOStream

    async def exchanged() -> bytes:
        ours, theirs = socket.socketpair()
        for one in (ours, theirs):
            one.settimeout(0)
        httpserver.HTTPServer(app).handle_stream(stream(theirs), web_speaking.CLIENT)
        client = stream(ours)
        await client.write(request.raw)
        return await client.read_until_close()  # type: ignore[no-any-return]  # bytes

    try:
        answer = loop.run_sync(exchanged, timeout=_ANSWER_S)
    except Exception as problem:  # noqa: BLE001 - whatever a handler raises is its answer
        return web_speaking.told(observer, problem)
    return web_speaking.read(answer, request.method)


def standard(entry: EntryJob, module: ModuleType, _scene: Scene) -> Iterator[Door]:
    """Yield a handler of the standard library's servers."""
    server = importlib.import_module("socketserver")
    owner, found = loading.find(module, entry.qualname)
    if not (inspect.isclass(owner) and issubclass(owner, server.BaseRequestHandler)):
        return
    is_http = hasattr(owner, "parse_request")
    app = Application(module.__name__, owner.__qualname__, owner)
    where = address("/", VERBS if is_http else ["POST"], [found], entry)
    framework = "http.server" if is_http else "socketserver"
    ask = functools.partial(_ask_standard, owner, is_http)
    yield Door(framework, app, where, (found,), ask)


def _ask_standard(
    handler: Any,
    is_http: bool,  # noqa: FBT001 - bound once, above
    request: Request,
    observer: Observer,
) -> web.Response:
    address_ = ("127.0.0.1", 80)
    server = SimpleNamespace(server_name="localhost", server_port=80, server_address=address_)
    problems: list[BaseException] = []

    def serve(connection: socket.socket) -> None:
        try:
            handler(connection, web_speaking.CLIENT, server)
        except Exception as problem:  # noqa: BLE001 - whatever a handler raises is its answer
            problems.append(problem)

    sent = request.raw if is_http else request.body + b"\n"
    answer = web_speaking.over_sockets(serve, sent)
    if problems:
        return web_speaking.told(observer, problems[0])
    return web_speaking.read(answer, request.method)
