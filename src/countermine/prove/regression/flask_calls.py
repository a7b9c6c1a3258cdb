"""How a test calls a view of a Flask application."""

import re

from countermine.core.entrypoints import Channel, EntryPoint
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Input
from countermine.prove.regression.calls import (
    BENIGN,
    Call,
    FlaskRoute,
    as_bytes,
    as_text,
    harmless,
    subject_of,
)
from countermine.prove.regression.probes import literal

_VARIABLE = re.compile(r"<(?:([^:<>]+):)?([^<>]+)>")
_BODIES = frozenset(
    {Channel.FORM, Channel.JSON, Channel.BODY, Channel.UPLOAD_NAME, Channel.UPLOAD_CONTENT}
)


def flask_call(
    route: FlaskRoute,
    entry: EntryPoint,
    others: tuple[Input, ...],
    probe: RegressionProbe,
    *,
    fixture: str | None,
) -> Call | None:
    """Return a request of a test client that carries ``value``, or ``None``.

    Args:
        route: Where the view answers.
        entry: Through which channel and key the value enters.
        others: Inputs of a legitimate use; those of other keys go along.
        probe: Says what kind of value it is.
        fixture: Name of the target's own fixture that gives a test client.
    """
    along = [one for one in others if (one.channel, one.key) != (entry.channel, entry.key)]
    sent = {(one.channel, one.key or ""): harmless(one.channel, one.text) for one in along}
    sent[entry.channel, entry.key or ""] = (
        as_bytes(probe)
        if entry.channel in {Channel.UPLOAD_CONTENT, Channel.BODY}
        else as_text(probe)
    )
    url = _url(
        route.rule,
        {key: source for (channel, key), source in sent.items() if channel is Channel.PATH},
    )
    keywords = _keywords(sent)
    if keywords is None:
        return None
    method = _method(route.methods, entry.channel)
    client = fixture or "client"
    expression = f"{client}.{method}({', '.join([url, *keywords])})"
    cookies = [
        f"{client}.set_cookie({literal(key)}, {source})"
        for (channel, key), source in sent.items()
        if channel is Channel.COOKIE
    ]
    imports = [] if fixture else [f"from {route.module} import {route.application.rstrip('()')}"]
    imports += ["import io"] if "io." in expression else []
    imports += ["from urllib.parse import quote"] if "quote(" in expression else []
    return Call(
        expression=expression,
        answer="{}.get_data(as_text=True)",
        sent_to='{}.headers.get("Location", "")',
        imports=tuple(imports),
        setup=(*([] if fixture else [f"client = {route.application}.test_client()"]), *cookies),
        fixtures=(fixture,) if fixture else (),
        subject=subject_of(entry.qualname),
    )


def _method(methods: tuple[str, ...], channel: Channel) -> str:
    preferred = ("POST", "PUT", "PATCH") if channel in _BODIES else ("GET",)
    found = next((one for one in (*preferred, *methods) if one in methods), "GET")
    return found.lower()


def _url(rule: str, variables: dict[str, str]) -> str:
    """Return source of the path, the variables of the rule filled in."""
    parts: list[str] = []
    text = ""
    position = 0
    for match in _VARIABLE.finditer(rule):
        converter, name = match.groups()
        source = variables.get(name, variables.get(""))
        text += rule[position : match.start()]
        if source is None:
            text += "1" if converter in {"int", "float"} else BENIGN
        else:
            parts += [literal(text), f"quote({source})"]
            text = ""
        position = match.end()
    text += rule[position:]
    return " + ".join([*parts, *([literal(text)] if text else [])])


_GROUPS = {
    Channel.QUERY: ("query_string", "{key}: {source}"),
    Channel.FORM: ("data", "{key}: {source}"),
    Channel.UPLOAD_NAME: ("data", '{key}: (io.BytesIO(b"sample"), {source})'),
    Channel.UPLOAD_CONTENT: ("data", '{key}: (io.BytesIO({source}), "sample")'),
    Channel.JSON: ("json", "{key}: {source}"),
    Channel.HEADER: ("headers", "{key}: {source}"),
}
"""The keyword argument of a test client that carries a channel, and how a value stands in it."""

_WHOLES = {Channel.JSON: "json", Channel.BODY: "data"}


def _keywords(sent: dict[tuple[Channel, str], str]) -> list[str] | None:
    """Return the keyword arguments of the request, or ``None`` for what it cannot carry."""
    groups: dict[str, list[str]] = {}
    whole: list[str] = []
    for (channel, key), source in sent.items():
        if channel in {Channel.PATH, Channel.COOKIE}:
            continue
        if channel in _WHOLES and not key:
            whole.append(f"{_WHOLES[channel]}={source}")
        elif channel in _GROUPS:
            name, form = _GROUPS[channel]
            groups.setdefault(name, []).append(form.format(key=literal(key), source=source))
        else:
            return None
    return [f"{name}={{{', '.join(items)}}}" for name, items in groups.items()] + whole
