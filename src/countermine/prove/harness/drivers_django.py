"""Drives views of Django with requests made by its own factory, without going through a route."""

# ruff: noqa: ANN401 - Django is the target's, not ours: its types are not known here

from __future__ import annotations

import importlib
import inspect
import os
import re
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from countermine.prove.harness import arguments, drivers_flask, drivers_function, loading, web
from countermine.prove.harness.inputs import BENIGN
from countermine.prove.harness.loading import NotDrivenError
from countermine.prove.harness.results import described, failure

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.loading import EntryJob
    from countermine.prove.harness.observer import Observer

_SETTINGS = re.compile(rb"DJANGO_SETTINGS_MODULE['\"]\s*[,\]=]+\s*['\"]([\w.]+)['\"]")
MEMORY = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}


def load(entry: EntryJob, _scene: Scene) -> ModuleType:
    """Start Django, and import the module of an entry point."""
    set_up(entry)
    return loading.load(entry)


def drive(module: ModuleType, entry: EntryJob, scene: Scene, observer: Observer) -> str:
    """Call the view of an entry point with a request and return the response as text."""
    view, named = _view(module, entry, scene)
    problems: list[Exception] = []
    request = _request(scene, {})
    response = _answered(view, named, request, problems)
    if response is None or response.status == 400 or _says_nothing(response):  # noqa: PLR2004 - bad request
        known = {value.key for value in scene.values}
        codes = [*loading.codes(view), *loading.codes(_function_of(view))]
        keys = [key for key in web.likely_keys(codes) if key not in known]
        fillings = {key: web.likely_value(key) for key in keys}
        first = problems[:1]
        problems.clear()
        request = _request(scene, fillings)
        response = _answered(view, named, request, problems) or response
        if response is None and any(_wants_json(one) for one in (*first, *problems)):
            problems.clear()
            request = _request(scene, fillings, as_json=True)
            response = _answered(view, named, request, problems)
        problems = problems or (first if response is None else [])
    if isinstance(request.session, dict):
        web.tell_session(observer, request.session)
    if problems:
        observer.tell("raised", {"error": failure(problems[0])})
    if response is None:
        return "500"
    if isinstance(response, _Given):
        drivers_function.tell_text(response.result, observer)
        return described(response.result)
    return web.tell(observer, response)


def _says_nothing(response: Any) -> bool:
    """Tell whether a view gave no answer, as one that swallows what it raises."""
    return isinstance(response, _Given) and response.result is None


def _wants_json(problem: Exception) -> bool:
    """Tell whether a view read the body of a request as JSON, and it was none."""
    return type(problem).__name__ in {"JSONDecodeError", "ParseError"}


class _Given:
    """What came back from a function that takes a request and answers with something else."""

    status = 200

    def __init__(self, result: Any) -> None:
        """Keep it."""
        self.result = result


def set_up(entry: EntryJob) -> None:
    """Start Django with the target's settings.

    Where it has none they are plain ones, with the application around the entry point installed.
    """
    settings = importlib.import_module("django.conf").settings
    name = _settings_module(entry)
    if name is not None:
        os.environ["DJANGO_SETTINGS_MODULE"] = name  # noqa: TID251 - the target's own
        try:
            databases = settings.DATABASES
        except Exception as problem:
            message = f"the settings {name} cannot be loaded: {failure(problem)}"
            raise NotDrivenError(message) from problem
        if "sqlite" not in str(databases.get("default", {}).get("ENGINE", "")):
            # No server can be reached from here.
            settings.DATABASES = {"default": dict(MEMORY)}
        settings.ALLOWED_HOSTS = ["*"]
        importlib.import_module("django").setup()
    else:
        own = _application(entry)
        _start_plainly(entry, [*CONTRIBUTED, *own] if own else [])


def _start_plainly(entry: EntryJob, apps: list[str]) -> None:
    """Start Django with the applications, or without them where that fails."""
    django = importlib.import_module("django")
    settings: Any = importlib.import_module("django.conf").settings
    plain = _plain_settings(entry)
    settings.configure(**{**plain, "INSTALLED_APPS": [*plain["INSTALLED_APPS"], *apps]})
    try:
        django.setup()
    except Exception:
        if not apps:
            raise
        known: Any = importlib.import_module("django.apps").apps
        known.app_configs.clear()
        known.apps_ready = known.models_ready = known.ready = known.loading = False
        settings.INSTALLED_APPS = plain["INSTALLED_APPS"]
        django.setup()


CONTRIBUTED = ("django.contrib.sessions", "django.contrib.sites", "django.contrib.messages")


def _application(entry: EntryJob) -> list[str]:
    """Return the dotted name of the application that an entry point belongs to, if to one."""
    folder = os.path.dirname(entry.file)  # noqa: PTH120 - without pathlib
    marks = ("/apps.py", "/models.py", "/models/__init__.py")
    while not any(os.path.exists(folder + mark) for mark in marks):  # noqa: PTH110 - likewise
        folder = os.path.dirname(folder)  # noqa: PTH120 - likewise
        if len(folder) < len(entry.root):
            return []
    inside = entry._replace(path=(folder + "/__init__.py")[len(entry.root) :])
    names = (loading.module_name(inside, root) for root in loading.search_path(inside))
    return [name for name in names if name][:1]


def _settings_module(entry: EntryJob) -> str | None:
    for path in web.modules_that_mention(entry.root, b"DJANGO_SETTINGS_MODULE"):
        with open(path, "rb") as file:  # noqa: PTH123 - without pathlib
            found = _SETTINGS.search(file.read())
        if found is not None:
            folder = os.path.dirname(path)  # noqa: PTH120 - likewise
            name = found.group(1).decode()
            for root in (folder, os.path.dirname(folder)):  # noqa: PTH120 - likewise
                if _has_module(root, name):
                    sys.path.insert(0, root)
                    return name
    return None


def _has_module(root: str, name: str) -> bool:
    path = f"{root}/{name.replace('.', '/')}"
    return os.path.exists(f"{path}.py") or os.path.exists(f"{path}/__init__.py")  # noqa: PTH110


def _plain_settings(entry: EntryJob) -> dict[str, Any]:
    templates = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [os.path.dirname(entry.file) + "/templates"],  # noqa: PTH120 - without pathlib
        "APP_DIRS": True,
    }
    return {
        "SECRET_KEY": BENIGN,
        "ALLOWED_HOSTS": ["*"],
        "DATABASES": {"default": dict(MEMORY)},
        "INSTALLED_APPS": ["django.contrib.contenttypes", "django.contrib.auth"],
        "TEMPLATES": [templates],
        "ROOT_URLCONF": "django.contrib.auth.urls",
        "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
        "USE_TZ": True,
    }


def _view(
    module: ModuleType, entry: EntryJob, scene: Scene
) -> tuple[Callable[..., Any], dict[str, Any]]:
    """Return what takes the request, and the arguments that a route would give it."""
    owner, found = loading.find(module, entry.qualname)
    if owner is not None and hasattr(owner, "as_view"):
        return _as_view(owner, found), _route_arguments(found, scene, skip=2)
    if inspect.isclass(found) and hasattr(found, "as_view"):
        return found.as_view(), {}
    if not callable(found) or owner is not None:
        message = f"{entry.qualname} is neither a function nor a method of a Django view"
        raise NotDrivenError(message)
    return found, _route_arguments(found, scene, skip=1)


def _as_view(owner: Any, found: Any) -> Callable[..., Any]:
    """Return a class as a view; one of a set of views answers with the one that is asked for."""
    if not hasattr(owner, "get_extra_actions"):
        return owner.as_view()  # type: ignore[no-any-return]  # a view
    name = found.__name__
    given = getattr(found, "kwargs", None) or {}
    return owner.as_view({"get": name, "post": name}, **given)  # type: ignore[no-any-return]  # likewise


def _function_of(view: Any) -> Any:
    """Return the function below decorators, REST framework's too, which makes a class out of it."""
    made = getattr(view, "cls", None)
    for verb in loading.VERBS:
        handler = getattr(made, verb, None)
        for cell in getattr(handler, "__closure__", None) or ():
            if inspect.isfunction(cell.cell_contents):
                return inspect.unwrap(cell.cell_contents)
    return inspect.unwrap(view)


def _route_arguments(view: Any, scene: Scene, skip: int) -> dict[str, Any]:
    plain = scene._replace(values=())
    named: dict[str, Any] = {}
    parameters = list(inspect.signature(_function_of(view)).parameters.values())[skip:]
    attacked = {value.key: value.text for value in scene.of("path")}
    for parameter in parameters:
        if parameter.kind in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}:
            continue
        if parameter.name in attacked:
            named[parameter.name] = attacked[parameter.name]
        elif None in attacked and not named:
            named[parameter.name] = attacked[None]
        elif parameter.default is parameter.empty:
            wanted = arguments.Wanted(parameter.name, parameter.annotation, 0)
            named[parameter.name] = arguments.benign(wanted, plain)
    return named


def _answered(
    view: Callable[..., Any], named: dict[str, Any], request: Any, problems: list[Exception]
) -> web.Response | _Given | None:
    try:
        response = _with_tables(lambda: view(request, **named))
        if inspect.isawaitable(response):
            response = importlib.import_module("asyncio").run(_result(response))
        if hasattr(response, "render") and callable(response.render):
            response = response.render()
        if response is None or not hasattr(response, "status_code"):
            return _Given(drivers_function.finished(response))
        return _read(response)
    except Exception as problem:  # noqa: BLE001 - whatever a view raises is its answer
        status = {"Http404": 404, "PermissionDenied": 403}.get(type(problem).__name__)
        if status is not None:
            return web.Response(status, "", "", b"")
        problems.append(problem)
        return None


def _with_tables(ask: Callable[[], Any]) -> Any:
    """Return what a view answers, from a database with empty tables where it wants some."""
    try:
        return ask()
    except Exception as problem:
        if "no such table" not in str(problem):
            raise
        management = importlib.import_module("django.core.management")
        management.call_command("migrate", run_syncdb=True, verbosity=0)
        return ask()


async def _result(awaitable: Any) -> Any:
    return await awaitable


def _read(response: Any) -> web.Response:
    streaming = getattr(response, "streaming", False)
    body = b"".join(response.streaming_content) if streaming else bytes(response.content)
    content_type = response.headers.get("Content-Type", "") if hasattr(response, "headers") else ""
    content_type = content_type or response.get("Content-Type", "")
    return web.Response(response.status_code, content_type, response.get("Location", ""), body)


def _request(scene: Scene, fillings: dict[str, str], *, as_json: bool = False) -> Any:
    factory = importlib.import_module("django.test.client").RequestFactory()
    query = {**fillings, **{value.key or BENIGN: value.text for value in scene.of("query")}}
    # As the other frameworks' clients call the own site, which a page that it comes from names.
    extra: dict[str, Any] = {"SERVER_NAME": "localhost"}
    for value in scene.of("header"):
        extra[_header(value.key or "x-value")] = re.sub(r"[\r\n]", " ", value.text)
    for value in scene.of("cookie"):
        factory.cookies[value.key or BENIGN] = value.text
    path = f"/?{urlencode(query)}"
    method = web.method(scene, scene.methods or ("GET", "POST"))
    if method == "GET":
        request = factory.generic("GET", path, **extra)
    else:
        body, content_type = _body(scene, fillings, as_json=as_json)
        request = factory.generic(method, path, body, content_type=content_type, **extra)
    request._dont_enforce_csrf_checks = True  # noqa: SLF001 - as Django's own test client does
    request.user = request._force_auth_user = _User()  # noqa: SLF001 - REST framework's own name
    kept = [one.text for one in scene.of("cookie") if one.key == web.SESSION]
    request.session = {BENIGN: kept[0]} if kept else {}
    request._messages = _Messages()  # noqa: SLF001 - where the middleware for messages puts them
    return request


def _header(name: str) -> str:
    name = name.upper().replace("-", "_")
    return name if name.startswith("HTTP_") else f"HTTP_{name}"


def _body(scene: Scene, fillings: dict[str, str], *, as_json: bool) -> tuple[bytes, str]:
    whole = scene.of("body")
    if whole:
        return whole[0].data, "application/octet-stream"
    if scene.of("json") or (as_json and not scene.of("form", "upload-name", "upload-content")):
        return drivers_flask.json_body(scene, fillings).encode(), "application/json"
    fields = {**fillings, **{value.key or BENIGN: value.text for value in scene.of("form")}}
    known = {value.key for value in scene.values}
    files = web.plain_uploads(key for key in fillings if key not in known)
    return web.multipart(fields, [*web.uploads(scene), *files])


class _Messages:
    """Takes what a view tells its visitor on the next page."""

    def add(self, *_args: object) -> None:
        """Keep nothing."""


class _User:
    """Somebody who is logged in and may do everything: log-ins are not what is tested."""

    is_authenticated = is_active = is_staff = is_superuser = True
    is_anonymous = False
    pk = id = 1
    username = email = BENIGN

    def get_username(self) -> str:
        return self.username

    def has_perm(self, *_args: object) -> bool:
        return True

    def has_perms(self, *_args: object) -> bool:
        return True
