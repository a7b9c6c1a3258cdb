"""A server on loopback that speaks as model providers do, and misbehaves as it is told to."""

# typing.override is younger than the oldest Python that this runs on.
# mypy: disable-error-code="explicit-override"

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

from countermine.testing.model_replies import Asked, Conduct, Reply, reply_to

Plan: TypeAlias = Conduct | Sequence[Conduct] | Callable[[Asked, int], Conduct]
"""How requests are treated: all alike, one after the other (the last for all that follow), or as a
function says, which is told how many came before."""

Speaker: TypeAlias = Callable[[Asked], str]


class ModelServer:
    """A model server. Its ``url`` is for chat completions; ``root`` is for messages.

    Safe for several clients at once. See :func:`model_server`.
    """

    def __init__(self, plan: Plan, say: Speaker, model: str) -> None:
        """Make one that does not listen yet."""
        self.asked: list[Asked] = []
        """All requests so far."""
        self.root = ""
        """Where the messages protocol is spoken, as Anthropic's own address is given."""
        self.plan = plan
        """May be changed between requests."""
        self._say = say
        self._model = model
        self._lock = threading.Lock()
        self.over = threading.Event()
        """Set when the server ends, so that nothing slow outlives it."""

    @property
    def url(self) -> str:
        """Where chat completions are spoken."""
        return f"{self.root}/v1"

    def reply(self, asked: Asked) -> Reply:
        """Return what is said to a request."""
        with self._lock:
            before = len(self.asked)
            self.asked.append(asked)
        plan = self.plan
        if callable(plan):
            conduct = plan(asked, before)
        elif isinstance(plan, Conduct):
            conduct = plan
        else:
            conduct = plan[min(before, len(plan) - 1)]
        return reply_to(asked, conduct, self._say(asked), self._model)


@contextmanager
def model_server(
    plan: Plan = Conduct.ANSWER, say: str | Speaker = "{}", model: str = "scripted-1"
) -> Iterator[ModelServer]:
    """Serve a scripted model on loopback for as long as the context holds.

    Args:
        plan: How requests are treated.
        say: The answer, or a function that says it for a request.
        model: The name that answers come under.
    """
    speaker = say if callable(say) else lambda _: say
    server = ModelServer(plan, speaker, model)
    http = _Server(("127.0.0.1", 0), _Handler)
    http.model = server
    server.root = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        http.shutdown()
        thread.join()
        http.server_close()


class _Server(ThreadingHTTPServer):
    model: ModelServer
    daemon_threads = True
    # Clients that hang up in the middle are the point; their broken pipes are not news.
    handle_error = lambda *_: None  # noqa: E731


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Or each answer waits 40 ms for the client to say that it has its head.
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer a question."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            document = json.loads(body)
        except ValueError:
            document = {}
        asked = Asked(
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=document if isinstance(document, dict) else {},
        )
        reply = self.server.model.reply(asked)
        with suppress(BrokenPipeError, ConnectionResetError):
            self._write(reply)

    def _write(self, reply: Reply) -> None:
        over = self.server.model.over
        if reply.hang_up:
            self.wfile.write(reply.body)
            self.close_connection = True
            return
        if reply.stream is None and over.wait(reply.pause_s):
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.stream is None:
            self.send_header("Content-Length", str(len(reply.body) + reply.missing_bytes))
            self.end_headers()
            self.wfile.write(reply.body)
            self.close_connection = reply.missing_bytes > 0
            return
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in reply.stream:
            self.wfile.write(piece)
            if over.wait(reply.pause_s):
                break

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""
