"""How a test asks a handler of a web framework: by a client, or speaking its protocol itself."""

import re
from dataclasses import dataclass, replace

from countermine.core.entrypoints import Channel, EntryPoint
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Input
from countermine.prove.regression.answers import ANSWERS, HEADERS, IMPORTS, Speaks
from countermine.prove.regression.calls import (
    BENIGN,
    Call,
    Parameter,
    as_bytes,
    as_text,
    harmless,
    made_by,
    setup_of,
    standard_imports,
    subject_of,
)
from countermine.prove.regression.probes import literal
from countermine.prove.regression.program_calls import stand_in

_VARIABLE = re.compile(r"{(\w+)(?::(\w+))?}")
_UPLOADS = {Channel.UPLOAD_NAME, Channel.UPLOAD_CONTENT}
_BODIES = {Channel.FORM, Channel.JSON, Channel.BODY} | _UPLOADS


@dataclass(frozen=True, slots=True, kw_only=True)
class AsgiRoute:
    """A route of an ASGI application."""

    module: str
    application: str
    """Expression that gives the application: ``app`` or ``create_app()``; or the router."""
    router: bool = False
    """There is a router only, which the test puts into an application of its own."""
    path: str
    methods: tuple[str, ...]
    client: bool = False
    """The client of Starlette can be loaded: it needs a library of its own."""
    along: tuple[tuple[Channel, str, str], ...] = ()
    """Channel, key and source of what a request must have; ``stand_in`` is where ``value`` goes
    inside a document."""
    speaks: Speaks = Speaks.ASGI
    fields: Channel = Channel.FORM
    """Where a field of the body stands of which only the name is known."""
    owner: tuple[Parameter, ...] | None = None
    """Parameters of the class that ``application`` is, whose objects are applications."""
    keys: tuple[str, ...] = ()
    """Fields of the query that the handler may read; asked for where the whole address enters."""


_Sent = dict[tuple[Channel, str], str]


def asgi_call(
    route: AsgiRoute, entry: EntryPoint, others: tuple[Input, ...], probe: RegressionProbe
) -> Call | None:
    """Return a request that carries ``value``, or ``None``.

    Args:
        route: Where it is answered.
        entry: Through which channel and key the value enters.
        others: Inputs of a legitimate use; those of other keys go along.
        probe: Says what kind of value it is.
    """
    entry = _placed(route, entry)
    others = tuple(one for one in others if one.key != entry.key)
    binary = entry.channel in {Channel.UPLOAD_CONTENT, Channel.BODY}
    value = as_bytes(probe) if binary else as_text(probe)
    sent = _sent(route, entry, others, value)
    method = _method(route.methods, sent)
    path = _path(route, sent)
    headed = probe.looks_at_headers
    # The client takes dots out of a path before it is sent, and line breaks may stop it.
    client = route.client and entry.channel is not Channel.PATH and not headed
    keywords = _client_keywords(sent) if client else _own_keywords(sent)
    asking = HEADERS.get(route.speaks) if headed else ANSWERS[route.speaks]
    if asking is None:
        return None
    if keywords is None:
        return None
    name = route.application.rstrip("()")
    imports = [f"from {route.module} import {name}"]
    setup = []
    application = route.application
    if route.owner is not None:
        application = made_by(name, route.owner, probe)
        setup = list(setup_of(application, probe))
        imports += standard_imports(application)
    if route.router:
        imports.append("from fastapi import FastAPI")
        setup = ["app = FastAPI()", f"app.include_router({name})"]
        application = "app"
    if client:
        setup.append(f"client = TestClient({application})")
        imports.append("from starlette.testclient import TestClient")
        expression = f"client.{method.lower()}({', '.join([path, *keywords])})"
    else:
        imports += IMPORTS[route.speaks]
        called = "headers_of" if headed else "answer_of"
        expression = f"{called}({', '.join([application, literal(method), path, *keywords])})"
    imports += [
        f"from urllib.parse import {one}"
        for one in ("quote", "urlencode")
        if f"{one}(" in expression
    ]
    imports += ["import json"] if "json.dumps(" in expression else []
    return Call(
        expression=expression,
        answer="{}.text" if client else "{}",
        sent_to="str({}.url)" if client else None,
        imports=tuple(imports),
        setup=tuple(setup),
        subject=subject_of(entry.qualname),
        headed="{}" if headed else None,
        helpers="" if client else asking,
    )


def _placed(route: AsgiRoute, entry: EntryPoint) -> EntryPoint:
    """Return the entry point with the channel that the route has for its key."""
    variables = {match[1] for match in _VARIABLE.finditer(route.path)}
    if entry.channel is Channel.QUERY and entry.key in variables:
        return replace(entry, channel=Channel.PATH)
    if entry.channel is Channel.BODY and entry.key is not None:
        return replace(entry, channel=route.fields)
    return entry


def _sent(route: AsgiRoute, entry: EntryPoint, others: tuple[Input, ...], value: str) -> _Sent:
    attacked = (entry.channel, entry.key or "")
    sent = {(channel, key): source for channel, key, source in route.along}
    if entry.channel is Channel.PATH and not _VARIABLE.search(route.path):
        # The whole address is under attack.
        sent |= {(Channel.QUERY, key): value for key in route.keys}
    sent |= {(one.channel, one.key or ""): harmless(one.channel, one.text) for one in others}
    inside = literal(stand_in(0))
    holder = next((key for key, source in sent.items() if inside in source), None)
    if holder is not None:
        sent.pop(attacked, None)
        return {key: source.replace(inside, value) for key, source in sent.items()}
    if entry.channel in _UPLOADS:
        sent = {
            key: source
            for key, source in sent.items()
            if key[0] not in _UPLOADS or key[1] != attacked[1]
        }
    return sent | {attacked: value}


def _method(methods: tuple[str, ...], sent: _Sent) -> str:
    bodily = any(channel in _BODIES for channel, _ in sent)
    wanted = ("POST", "PUT", "PATCH") if bodily else ("GET",)
    return next((one for one in (*wanted, *methods) if one in methods), wanted[0])


def _path(route: AsgiRoute, sent: _Sent) -> str:
    """Return source of the path, its variables filled in."""
    path = route.path
    entered = (source for (channel, _), source in sent.items() if channel is Channel.PATH)
    address = next((source for source in entered if re.search(r"\bvalue\b", source)), None)
    if address is not None and not _VARIABLE.search(path):
        return f"{literal(path.rstrip('/') + '/')} + quote({address})"
    parts: list[str] = []
    text = ""
    position = 0
    for match in _VARIABLE.finditer(path):
        source = sent.get((Channel.PATH, match[1]), sent.get((Channel.PATH, "")))
        text += path[position : match.start()]
        position = match.end()
        if source is None or not re.search(r"\bvalue\b", source):
            text += _harmless(match[2]) if source is None else source.strip("\"'")
            continue
        # The client of aiohttp takes dots out of a path, too.
        whole = match[2] == "path" and route.speaks is not Speaks.AIOHTTP
        safe = "" if whole else ', safe=""'
        parts += [literal(text), f"quote({source}{safe})"]
        text = ""
    text += path[position:]
    return " + ".join([*parts, *([literal(text)] if text else [])])


def _harmless(kind: str | None) -> str:
    return "1" if kind in {"int", "float", "number"} else BENIGN


def _mapping(sent: _Sent, *channels: Channel) -> str:
    items = [
        f"{literal(key)}: {source}"
        for (channel, key), source in sent.items()
        if channel in channels
    ]
    return f"{{{', '.join(items)}}}" if items else ""


def _headers(sent: _Sent, content_type: str = "") -> str:
    items = {
        key.lower(): source for (channel, key), source in sent.items() if channel is Channel.HEADER
    }
    cookies = [
        f"{literal(key + '=')} + {source}"
        for (channel, key), source in sent.items()
        if channel is Channel.COOKIE
    ]
    items |= {"cookie": ' + "; " + '.join(cookies)} if cookies else {}
    items |= {"content-type": literal(content_type)} if content_type else {}
    return (
        f"{{{', '.join(f'{literal(key)}: {source}' for key, source in items.items())}}}"
        if items
        else ""
    )


def _document(sent: _Sent) -> str:
    """Return source of the JSON document of a request, empty where there is none."""
    return sent.get((Channel.JSON, "")) or _mapping(sent, Channel.JSON)


def _client_keywords(sent: _Sent) -> list[str] | None:
    files = [
        f"{literal(key)}: "
        + ('("sample.txt", {})' if channel is Channel.UPLOAD_CONTENT else '({}, b"sample")').format(
            source
        )
        for (channel, key), source in sent.items()
        if channel in _UPLOADS
    ]
    given = {
        "params": _mapping(sent, Channel.QUERY),
        "headers": _headers(sent),
        "json": _document(sent),
        "data": _mapping(sent, Channel.FORM),
        "files": f"{{{', '.join(files)}}}" if files else "",
        "content": sent.get((Channel.BODY, ""), ""),
    }
    return [f"{name}={source}" for name, source in given.items() if source]


def _own_keywords(sent: _Sent) -> list[str] | None:
    if any(channel in _UPLOADS for channel, _ in sent):
        return None
    query, form, document = (
        _mapping(sent, Channel.QUERY),
        _mapping(sent, Channel.FORM),
        _document(sent),
    )
    body, content_type = sent.get((Channel.BODY, ""), ""), ""
    if form:
        body, content_type = f"urlencode({form}).encode()", "application/x-www-form-urlencoded"
    elif document:
        body, content_type = f"json.dumps({document}).encode()", "application/json"
    given = {
        "query": f"urlencode({query})" if query else "",
        "headers": _headers(sent, content_type),
        "body": body,
    }
    return [f"{name}={source}" for name, source in given.items() if source]
