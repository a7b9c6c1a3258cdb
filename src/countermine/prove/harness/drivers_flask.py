"""Drives views of Flask through the application's own test client."""

# ruff: noqa: ANN401 - Flask is the target's, not ours: its types are not known here

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from countermine.prove.harness import arguments, loading, web
from countermine.prove.harness.inputs import BENIGN
from countermine.prove.harness.loading import NotDrivenError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.loading import EntryJob
    from countermine.prove.harness.observer import Observer

FACTORIES = ("create_app", "make_app", "build_app", "app_factory", "get_app", "create_application")
SETTINGS = {"WTF_CSRF_ENABLED": False, "LOGIN_DISABLED": True, "PROPAGATE_EXCEPTIONS": None}
"""What test suites of Flask applications set: tokens and log-ins are not what is tested."""


class Door(NamedTuple):
    """A view in an application, by its endpoint."""

    app: Any
    endpoint: str
    view: Any


def drive(door: Door, entry: EntryJob, scene: Scene, observer: Observer) -> str:
    """Send a request to the view of an entry point and return the response as text."""
    problems: list[BaseException] = []
    _note_problems(door.app, problems)
    response = _sent(door, entry, scene, observer, {})
    if response.status == 400 or (problems and isinstance(problems[-1], KeyError)):  # noqa: PLR2004 - bad request
        # The view wants more than the value under attack: give it every field it names.
        problems.clear()
        response = _sent(door, entry, scene, observer, _fillings(door, scene))
    if problems:
        observer.tell("raised", {"error": f"{type(problems[-1]).__name__}: {problems[-1]}"[:1000]})
    return web.tell(observer, response)


def _note_problems(app: Any, problems: list[BaseException]) -> None:
    """Keep what views raise, which a client sees as a status alone."""
    try:
        signal = importlib.import_module("flask").got_request_exception
        signal.connect(lambda _app, exception, **_rest: problems.append(exception), weak=False)
    except (ImportError, AttributeError, RuntimeError):
        # Signals need a package of their own before Flask 2.3; the log gets the same.
        log = app.log_exception

        def noted(raised: Any) -> Any:
            problems.append(raised[1])
            return log(raised)

        app.log_exception = noted


def _fillings(door: Door, scene: Scene) -> dict[str, str]:
    known = {value.key for value in scene.values}
    keys = web.likely_keys(loading.codes(door.view))
    return {key: web.likely_value(key) for key in keys if key not in known}


def _sent(
    door: Door, entry: EntryJob, scene: Scene, observer: Observer, fillings: dict[str, str]
) -> web.Response:
    rules = [rule for rule in door.app.url_map.iter_rules() if rule.endpoint == door.endpoint]
    rule = _best(rules, scene)
    method = web.method(scene, _methods(door, entry, rule))
    query = {**fillings, **{value.key or BENIGN: value.text for value in scene.of("query")}}
    headers = [(value.key or "X-Value", _line(value.text)) for value in scene.of("header")]
    options: dict[str, Any] = {"query_string": query, "headers": headers, "method": method}
    wants_files = loading.mentions(door.view, "files")
    options.update(_body(scene, fillings, method, wants_files=wants_files))
    client = door.app.test_client()
    for value in scene.of("cookie"):
        if value.key == web.SESSION:
            with contextlib.suppress(Exception), client.session_transaction() as session:
                session[BENIGN] = value.text
        else:
            _set_cookie(client, value.key or BENIGN, value.text)
    response = client.open(_url(door.app, rule, scene), **options)
    given = any(value.key == web.SESSION for value in scene.of("cookie"))
    if given or loading.mentions(door.view, "session"):
        # An application without a key for signing has none.
        with contextlib.suppress(Exception), client.session_transaction() as session:
            web.tell_session(observer, session)
    location = response.headers.get("Location", "")
    return web.Response(response.status_code, response.content_type or "", location, response.data)


def _line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def _set_cookie(client: Any, key: str, text: str) -> None:
    parameters = list(inspect.signature(client.set_cookie).parameters)
    if parameters and parameters[0] == "server_name":  # before Werkzeug 2.3
        client.set_cookie("localhost", key, text)
    else:
        client.set_cookie(key, text)


def _body(
    scene: Scene, fillings: dict[str, str], method: str, *, wants_files: bool
) -> dict[str, Any]:
    if method == "GET":
        return {}
    whole = scene.of("body")
    if whole:
        return {"data": whole[0].data}
    jsons = scene.of("json")
    if jsons:
        return {"data": json_body(scene, fillings), "content_type": "application/json"}
    data: dict[str, Any] = {**fillings}
    data.update({value.key or BENIGN: value.text for value in scene.of("form")})
    for upload in [*web.uploads(scene), *web.plain_uploads(fillings if wants_files else ())]:
        content = (io.BytesIO(upload.content), upload.name)
        data[upload.field] = [data[upload.field], content] if upload.field in fillings else content
    return {"data": data}


def json_body(scene: Scene, fillings: dict[str, str]) -> str:
    """Return a JSON document that holds the values at their keys, ``a.b`` one below the other."""
    document: Any = dict(fillings)
    for value in scene.of("json"):
        if value.key is None:
            return value.text if value.text[:1] in '[{"' else json.dumps(value.text)
        holder = document
        *outer, last = value.key.split(".")
        for part in outer:
            holder = holder.setdefault(part, {})
        holder[last] = json.loads(value.text) if value.structured else value.text
    return json.dumps(document)


def _best(rules: list[Any], scene: Scene) -> Any:
    names = {value.key for value in scene.of("path")}
    for rule in rules:
        if names & set(rule.arguments):
            return rule
    return rules[0]


def _methods(door: Door, entry: EntryJob, rule: Any) -> set[str]:
    allowed = set(rule.methods or {"GET"}) - {"HEAD", "OPTIONS"}
    named = entry.qualname.rsplit(".", 1)[-1].upper()
    return {named} if named in allowed and hasattr(door.view, "view_class") else allowed


def _url(app: Any, rule: Any, scene: Scene) -> str:
    attacked = {value.key: value.text for value in scene.of("path")}
    if None in attacked and rule.arguments:
        attacked[min(rule.arguments)] = attacked.pop(None)
    values: dict[str, Any] = {}
    for name in sorted(rule.arguments):
        converter = rule._converters.get(name)  # noqa: SLF001 - a rule tells its types nowhere else
        values[name] = _converted(converter, attacked.get(name))
    adapter = app.url_map.bind("localhost")
    return str(adapter.build(rule.endpoint, values, method=next(iter(rule.methods or ["GET"]))))


def _converted(converter: Any, attacked: str | None) -> Any:
    kind = type(converter).__name__
    if attacked is not None:
        number = {"IntegerConverter": int, "FloatConverter": float}.get(kind)
        try:
            return attacked if number is None else number(attacked)
        except ValueError:
            message = f"the route takes numbers only, not {attacked[:40]!r}"
            raise NotDrivenError(message) from None
    if kind in {"IntegerConverter", "FloatConverter"}:
        return 1
    if kind == "UUIDConverter":
        return importlib.import_module("uuid").UUID(int=1)
    if kind == "AnyConverter":
        return min(getattr(converter, "items", None) or [BENIGN])
    return BENIGN


def load(entry: EntryJob, scene: Scene) -> Door:
    """Find the view in an application of the target.

    Raises:
        NotDrivenError: If no application has it.
    """
    module = loading.load(entry)
    seen = 0
    for app in _apps(entry, module, scene):
        seen += 1
        app.config.update(SETTINGS)
        door = _view(app, entry)
        if door is not None:
            return door
    message = (
        f"none of the {seen} Flask applications found has {entry.qualname} of {entry.path}"
        if seen
        else "no Flask application was found, by a global name or a factory such as create_app"
    )
    raise NotDrivenError(message)


def _view(app: Any, entry: EntryJob) -> Door | None:
    routed = {rule.endpoint for rule in app.url_map.iter_rules()}
    views = [(name, view) for name, view in sorted(app.view_functions.items()) if name in routed]
    for name, view in views:
        if any(loading.is_entry(one, entry) for one in _functions(view)):
            return Door(app, name, view)
    own = entry.qualname.rsplit(".", 1)[-1]
    for name, view in views:
        if any(loading.mentions(one, own) for one in _functions(view)):
            return Door(app, name, view)
    return None


def _functions(view: Any) -> list[Any]:
    of_class = getattr(view, "view_class", None)
    if of_class is None:
        return [view]
    names = ("get", "post", "put", "patch", "delete", "dispatch_request")
    return [getattr(of_class, name) for name in names if hasattr(of_class, name)]


def _apps(entry: EntryJob, module: ModuleType, scene: Scene) -> Iterator[Any]:
    """Yield applications: of the entry's module, of modules that make one, one made for it."""
    flask = importlib.import_module("flask")
    yield from _apps_of(flask, module, scene)
    for path in web.modules_that_mention(entry.root, b"Flask("):
        if path == entry.file:
            continue
        other = entry._replace(path=path[len(entry.root) :])
        with contextlib.suppress(Exception):  # a module of the target that cannot be loaded
            yield from _apps_of(flask, loading.load(other), scene)
    yield from _set_up(flask, module, entry, scene)
    blueprints = [one for one in vars(module).values() if isinstance(one, flask.Blueprint)]
    if blueprints:
        app = flask.Flask(BENIGN, root_path=os.path.dirname(entry.file))  # noqa: PTH120
        app.secret_key = BENIGN
        for one in blueprints:
            app.register_blueprint(one)
        yield app


def _set_up(flask: Any, module: ModuleType, entry: EntryJob, scene: Scene) -> Iterator[Any]:
    """Yield an application of ours that a function of the module gives its views, if one does."""
    outer = entry.qualname.replace("<locals>.", "").rpartition(".")[0]
    function = getattr(module, outer, None)
    if not inspect.isfunction(function):
        return
    app = flask.Flask(BENIGN, root_path=os.path.dirname(entry.file))  # noqa: PTH120
    app.secret_key = BENIGN
    built = arguments.build(function, scene._replace(values=()))
    given = [app if isinstance(one, flask.Flask) else one for one in built.positional]
    named = {key: app if _is_app(flask, key, one) else one for key, one in built.named.items()}
    places = [at for at, one in enumerate(_names(function)) if one in _APPS and at < len(given)]
    for at in places:
        given[at] = app
    if not any(one is app for one in (*given, *named.values())):
        return
    with contextlib.suppress(Exception):  # views that were there before it failed are there
        function(*given, **named)
    yield app


_APPS = ("app", "application", "flask_app")


def _is_app(flask: Any, name: str, given: Any) -> bool:
    return name in _APPS or isinstance(given, flask.Flask)


def _names(function: Any) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def _apps_of(flask: Any, module: ModuleType, scene: Scene) -> Iterator[Any]:
    for _, one in sorted(vars(module).items()):
        if isinstance(one, flask.Flask):
            yield one
    for name in FACTORIES:
        factory = getattr(module, name, None)
        if not inspect.isfunction(factory):
            continue
        with contextlib.suppress(Exception):  # a factory that wants what is not here
            built = arguments.build(factory, scene._replace(values=()))
            app = factory(*built.positional, **built.named)
            if isinstance(app, flask.Flask):
                yield app
