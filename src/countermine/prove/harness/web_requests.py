"""Builds the request that carries the values of a stimulus, whatever framework answers it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote_to_bytes, urlencode

from countermine.prove.harness import drivers_flask, web
from countermine.prove.harness.inputs import BENIGN

if TYPE_CHECKING:
    from countermine.prove.harness.inputs import Scene

VARIABLE = re.compile(r"{(\w+)(?::(\w+))?}")
"""A variable of an address: ``{name}``, ``{name:int}``, ``{name:path}``."""


MAX_KEYS = 12
"""Most fields of a query that get what enters by the whole address."""


class Request(NamedTuple):
    """What goes in."""

    method: str
    path: str
    """Percent-encoded."""
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def raw(self) -> bytes:
        """The request as it goes over a wire."""
        target = f"{self.path}?{self.query}" if self.query else self.path
        lines = [f"{self.method} {target} HTTP/1.1", *(f"{k}: {v}" for k, v in self.headers)]
        head = "\r\n".join([*lines, "connection: close", "", ""])
        return head.encode("latin-1", "replace") + self.body

    @property
    def decoded(self) -> bytes:
        """The path, percent-decoded."""
        return unquote_to_bytes(self.path)


class Address(NamedTuple):
    """Where a handler answers."""

    path: str
    """With variables as ``{name}`` or ``{name:kind}``."""
    methods: tuple[str, ...]
    names: frozenset[str] = frozenset()
    """What the handler's code mentions."""
    keys: tuple[str, ...] = ()
    """Texts of its code that may be names of fields."""


def suited(scene: Scene, address: Address) -> Scene:
    """Return the values with channels that the address has: what is found may not know it.

    A parameter of a route that is not known enters by the query, and a field by the body.
    """
    variables = {match.group(1) for match in VARIABLE.finditer(address.path)}
    fields = "json" if "json" in address.names and "form" not in address.names else "form"
    values = []
    for value in scene.values:
        channel = value.channel
        if channel in {"query", "parameter"} and value.key in variables:
            channel = "path"
        elif channel == "body" and value.key is not None:
            channel = fields
        elif channel == "path" and value.key not in variables and not variables:
            # The whole address is under attack.
            channel = "address"
        values.append(value._replace(channel=channel))
    return scene._replace(values=tuple(values))


def built(address: Address, scene: Scene, fillings: dict[str, str]) -> Request:
    """Return the request for a handler; the fillings are fields that it seems to want."""
    method = web.method(scene, address.methods)
    whole = scene.of("address")
    query: dict[str, Any] = {**fillings, **{v.key or BENIGN: v.text for v in scene.of("query")}}
    asked = urlencode(query)
    path = _path(address, scene)
    if whole:
        path = _whole(whole[0].text, address)
        asked = asked or urlencode(dict.fromkeys(address.keys[:MAX_KEYS], whole[0].text))
    headers = {"host": "localhost", "accept": "*/*"}
    headers.update({(v.key or "x-value").lower(): _line(v.text) for v in scene.of("header")})
    cookies = {value.key or BENIGN: value.text for value in scene.of("cookie")}
    if cookies:
        headers["cookie"] = "; ".join(f"{key}={_line(text)}" for key, text in cookies.items())
    body, content_type = _body(scene, fillings, method)
    if body or content_type:
        headers.update({"content-type": content_type, "content-length": str(len(body))})
    return Request(method, path, asked, tuple(headers.items()), body)


def _line(text: str) -> str:
    return re.sub(r"[\r\n]", " ", text)


def _whole(text: str, address: Address) -> str:
    start = address.path if address.path.endswith("/") else f"{address.path}/"
    return quote(start + text.lstrip("/"), safe="/%:@!$&'()*+,;=~", errors="surrogatepass")


def _path(address: Address, scene: Scene) -> str:
    attacked = {value.key: value.text for value in scene.of("path")}

    def filled(match: re.Match[str]) -> str:
        name, kind = match.group(1), match.group(2) or ""
        text = attacked.get(name, attacked.get(None))
        if text is None:
            return "1" if kind in {"int", "float", "number"} else BENIGN
        safe = "/%:@!$&'()*+,;=~" if kind == "path" else ""
        return quote(text, safe=safe, errors="surrogatepass")

    return VARIABLE.sub(filled, address.path)


def _body(scene: Scene, fillings: dict[str, str], method: str) -> tuple[bytes, str]:
    if method == "GET":
        return b"", ""
    whole = scene.of("body")
    if whole:
        return whole[0].data, "application/octet-stream"
    jsons = scene.of("json")
    if jsons:
        return drivers_flask.json_body(scene, fillings).encode(), "application/json"
    fields = {**fillings, **{value.key or BENIGN: value.text for value in scene.of("form")}}
    files = web.uploads(scene)
    if files:
        return web.multipart(fields, files)
    if fields:
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"
    return json.dumps(fillings).encode() if fillings else b"", "application/json"
