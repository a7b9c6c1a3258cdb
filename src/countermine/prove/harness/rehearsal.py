"""Sends requests to an application of our own, before anything of the target is loaded.

What a framework does once in a process (importing what it needs late, compiling expressions, asking
for its own version) is then done once for a batch, not once for each stimulus. The application is
thrown away; the target's own is not touched.
"""

# ruff: noqa: ANN401 - the frameworks are the target's, not ours: their types are not known here

from __future__ import annotations

import importlib
import io
from typing import Any

NAME = "countermine-rehearsal"


def flask() -> None:
    """Send a query, a form with a file, and a document to a Flask application."""
    framework = importlib.import_module("flask")
    app = framework.Flask(NAME, root_path="/", instance_path="/")

    def page(name: str) -> Any:
        asked = framework.request
        found = (asked.args, asked.form, asked.files, asked.cookies, asked.get_json(silent=True))
        return framework.render_template_string("{{ name }}{{ found }}", name=name, found=found)

    app.add_url_rule("/<name>", "page", page, methods=["GET", "POST"])
    app.url_map.bind("localhost").build("page", {"name": "one"}, method="GET")
    client = app.test_client()
    client.set_cookie("a", "b")
    client.get("/one", query_string={"a": "b"}, headers=[("X-Value", "a")])
    client.post("/one", data={"a": "b"})
    client.post("/one", data={"a": "b", "file": (io.BytesIO(b"a"), "a.txt")})
    client.post("/one", data="{}", content_type="application/json")


def asgi() -> None:
    """Send a query and a form to a Starlette application."""
    asyncio = importlib.import_module("asyncio")
    responses = importlib.import_module("starlette.responses")
    routing = importlib.import_module("starlette.routing")

    async def page(request: Any) -> Any:
        if request.method == "POST":
            await request.form()
        return responses.HTMLResponse(str(request.query_params) + str(request.cookies))

    app = importlib.import_module("starlette.applications").Starlette(
        routes=[routing.Route("/{name}", page, methods=["GET", "POST"])]
    )
    form = (b"content-type", b"application/x-www-form-urlencoded")
    for method, headers, body in (("GET", [], b""), ("POST", [form], b"a=b")):
        asyncio.run(_exchanged(app, _scope(method, headers), body))


def _scope(method: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": "/one",
        "raw_path": b"/one",
        "query_string": b"a=b",
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"cookie", b"a=b"), *headers],
        "client": ("127.0.0.1", 50000),
        "server": ("localhost", 80),
        "state": {},
    }


async def _exchanged(app: Any, scope: dict[str, Any], body: bytes) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(_message: dict[str, Any]) -> None:
        return None

    await app(scope, receive, send)


REHEARSALS = {"flask-view": flask, "asgi-route": asgi}
"""By kind of entry point."""
