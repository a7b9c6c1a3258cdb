"""How a test calls a view of Django: with a request of its factory, past the routes."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from countermine.core.entrypoints import Channel, EntryPoint
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Input
from countermine.prove.harness.drivers_django import CONTRIBUTED
from countermine.prove.regression.calls import (
    BENIGN,
    Call,
    Parameter,
    as_bytes,
    as_text,
    benign,
    harmless,
    setup_of,
    standard_imports,
    subject_of,
)
from countermine.prove.regression.probes import literal

_VERBS = ("get", "post", "put", "patch", "delete")
_BODIES = {
    Channel.FORM,
    Channel.JSON,
    Channel.BODY,
    Channel.UPLOAD_NAME,
    Channel.UPLOAD_CONTENT,
}

_PLAIN_SETTINGS = """if not settings.configured:
    settings.configure(
        SECRET_KEY="sample",
        DATABASES={{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"{apps}],
        ROOT_URLCONF="django.contrib.auth.urls",
        TEMPLATES=[
            {{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}}
        ],
    )
django.setup()"""

_PAGE = '''def page_of(response):
    """Return the text of a response of whatever kind."""
    if hasattr(response, "render"):
        response.render()
    return b"".join(response).decode("utf-8", "replace")'''


@dataclass(frozen=True, slots=True, kw_only=True)
class DjangoView:
    """A view of Django, and how the target is set up for it."""

    module: str
    name: str
    """Of the function, or of the class."""
    method: str | None = None
    """Of the class, such as ``get``; ``None`` for a function."""
    parameters: tuple[Parameter, ...] = ()
    """What a route gives it, beside the request."""
    coroutine: bool = False
    settings: str | None = None
    """Module of the target's settings."""
    root: str | None = None
    """Folder, relative to the tree, that must be added for the imports."""
    application: str | None = None
    """Application whose models it uses, where the target has no settings."""
    fields: tuple[tuple[Channel, str], ...] = ()
    """What it reads of a request and cannot do without."""
    posted: bool = False
    """It answers ``POST`` only."""
    user: bool = False
    """It asks who is logged in."""
    session: bool = False
    messages: bool = False
    """It leaves messages for the next page."""
    rest: bool = False
    """It is a view of REST framework, whose own schemes say who is logged in."""
    tables: bool = False
    """It asks the database."""


def django_call(
    view: DjangoView,
    entry: EntryPoint,
    others: tuple[Input, ...],
    probe: RegressionProbe,
    *,
    folder: PurePosixPath,
    fixture: str | None,
) -> Call | None:
    """Return the call of a view with a request that carries ``value``, or ``None``.

    Args:
        view: What is known of it.
        entry: Through which channel and key the value enters.
        others: Inputs of a legitimate use; those of other keys go along.
        probe: Says what kind of value it is.
        folder: Where the test stands, relative to the tree.
        fixture: One that lets the view use the database, if any.
    """
    attacked = (entry.channel, entry.key or "")
    sent = {(one.channel, one.key or ""): harmless(one.channel, one.text) for one in others}
    sent |= {one: harmless(one[0], BENIGN) for one in view.fields if one not in sent}
    binary = entry.channel in {Channel.UPLOAD_CONTENT, Channel.BODY}
    sent[attacked] = as_bytes(probe) if binary else as_text(probe)
    request = _request(view, sent)
    if request is None:
        return None
    callee = view.name if view.method is None else f"{view.name}.as_view()"
    expression = f"{callee}({', '.join(['request', *_route_arguments(view, sent)])})"
    if view.coroutine:
        expression = f"asyncio.run({expression})"
    extras = _extras(view, sent, own=fixture is None)
    setup = [*setup_of(expression, probe), f"request = {request}", *extras]
    start, imports = _start(view, folder)
    text = "\n".join([expression, *setup])
    imports += ["from django.test import RequestFactory", f"from {view.module} import {view.name}"]
    imports += [line for word, line in _IMPORTS.items() if word in text]
    return Call(
        expression=expression,
        answer="page_of({})",
        sent_to='{}.get("Location", "")',
        imports=tuple(dict.fromkeys([*imports, *standard_imports(text)])),
        setup=tuple(setup),
        fixtures=(fixture,) if fixture else (),
        subject=subject_of(entry.qualname),
        helpers=_PAGE,
        start=start,
    )


_IMPORTS = {
    "SimpleUploadedFile(": "from django.core.files.uploadedfile import SimpleUploadedFile",
    "urlencode(": "from urllib.parse import urlencode",
    "json.dumps(": "import json",
    "mock.": "from unittest import mock",
    "call_command(": "from django.core.management import call_command",
    "connection.": "from django.db import connection",
    "force_authenticate(": "from rest_framework.test import force_authenticate",
}


def _start(view: DjangoView, folder: PurePosixPath) -> tuple[tuple[str, ...], list[str]]:
    """Return the statements that set Django up, and the imports that they need."""
    if view.settings is None:
        apps = [] if view.application is None else [*CONTRIBUTED, view.application]
        start = _PLAIN_SETTINGS.format(apps="".join(f", {literal(one)}" for one in apps))
        return (start,), ["import django", "from django.conf import settings"]
    lines = [
        f'os.environ.setdefault("DJANGO_SETTINGS_MODULE", {literal(view.settings)})',
        "django.setup()",
    ]
    imports = ["import django", "import os"]
    if view.root is not None:
        where = f"Path(__file__).resolve().parents[{len(folder.parts)}] / {literal(view.root)}"
        lines.insert(0, f"sys.path.insert(0, str({where}))")
        imports += ["import sys", "from pathlib import Path"]
    return tuple(lines), imports


def _route_arguments(view: DjangoView, sent: dict[tuple[Channel, str], str]) -> list[str]:
    places = {key: source for (channel, key), source in sent.items() if channel is Channel.PATH}
    given: list[str] = []
    for one in view.parameters:
        if one.kind in {"var_positional", "var_keyword"}:
            continue
        if one.name in places:
            given.append(f"{one.name}={places.pop(one.name)}")
        elif "" in places:
            given.append(f"{one.name}={places.pop('')}")
        elif not one.optional:
            given.append(f"{one.name}={benign(one)}")
    return given + [f"{key}={source}" for key, source in places.items() if key.isidentifier()]


def _request(view: DjangoView, sent: dict[tuple[Channel, str], str]) -> str | None:
    """Return the request of the factory, or ``None`` for what it cannot carry."""
    channels = {channel for channel, _ in sent}
    bodily = bool(channels & _BODIES)
    verb = view.method if view.method in _VERBS else None
    verb = verb or ("post" if bodily or view.posted else "get")
    query = _mapping(sent, Channel.QUERY)
    url = literal("/")
    arguments = []
    if query and verb != "get":
        url = f'"/?" + urlencode({query})'
    elif query:
        arguments.append(query)
    body = _body(sent) if bodily else []
    if body is None or (bodily and verb == "get"):
        return None
    arguments += body
    headers = [
        f"{literal('HTTP_' + key.upper().replace('-', '_').removeprefix('HTTP_'))}: {source}"
        for (channel, key), source in sent.items()
        if channel is Channel.HEADER
    ]
    arguments += [f"**{{{', '.join(headers)}}}"] if headers else []
    return f"RequestFactory().{verb}({', '.join([url, *arguments])})"


def _body(sent: dict[tuple[Channel, str], str]) -> list[str] | None:
    for (channel, key), source in sent.items():
        if channel is Channel.BODY:
            return [source, 'content_type="application/octet-stream"']
        if channel is Channel.JSON and not key:
            return [f"json.dumps({source})", 'content_type="application/json"']
    document = _mapping(sent, Channel.JSON)
    if document:
        return [f"json.dumps({document})", 'content_type="application/json"']
    items = [
        f"{literal(key)}: {_FIELDS[channel].format(source)}"
        for (channel, key), source in sent.items()
        if channel in _FIELDS
    ]
    return [f"{{{', '.join(items)}}}"] if items else None


_FIELDS = {
    Channel.FORM: "{}",
    Channel.UPLOAD_NAME: 'SimpleUploadedFile({}, b"sample")',
    Channel.UPLOAD_CONTENT: 'SimpleUploadedFile("sample.txt", {})',
}


def _mapping(sent: dict[tuple[Channel, str], str], wanted: Channel) -> str:
    items = [
        f"{literal(key)}: {source}" for (channel, key), source in sent.items() if channel is wanted
    ]
    return f"{{{', '.join(items)}}}" if items else ""


def _extras(view: DjangoView, sent: dict[tuple[Channel, str], str], *, own: bool) -> list[str]:
    """Return the statements that add to a request what its factory leaves out.

    Args:
        view: What is known of the view.
        sent: What the request carries.
        own: The test makes its database itself: no fixture does.
    """
    lines = [
        f"request.COOKIES[{literal(key)}] = {source}"
        for (channel, key), source in sent.items()
        if channel is Channel.COOKIE
    ]
    # A mock is logged in and may do everything.
    if view.rest:
        lines.append("force_authenticate(request, user=mock.MagicMock(id=1, pk=1))")
    elif view.user:
        lines.append("request.user = mock.MagicMock(id=1, pk=1)")
    lines += ["request._messages = mock.MagicMock()"] if view.messages else []
    if view.tables and view.settings is None:
        lines.append('call_command("migrate", run_syncdb=True, verbosity=0)')
    elif view.tables and own:
        # Empty tables, beside the database that the settings name and not in it.
        lines.append("connection.creation.create_test_db(verbosity=0, autoclobber=True)")
    return lines + (["request.session = {}"] if view.session else [])
