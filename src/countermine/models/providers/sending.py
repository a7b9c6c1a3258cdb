"""The transport: one event loop in a thread of its own, a client for each entry of the roster."""

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self, TypeVar

import httpx2
from pydantic_ai.direct import model_request
from pydantic_ai.messages import ModelResponse
from pydantic_ai.settings import ModelSettings

from countermine.core.models import CallOutcome
from countermine.models.options import RosterEntry, Structure
from countermine.models.providers.connecting import AnyModel, connect, url_of
from countermine.models.providers.failing import CallFailedError
from countermine.models.providers.faults import fault_of
from countermine.models.providers.http import MAX_ANSWER_BYTES, SEEN, Seen, client_for
from countermine.models.providers.keys import Key, key_for
from countermine.models.providers.shaping import (
    messages_for,
    parameters_for,
    said_of,
    structure_for,
)
from countermine.models.request import Request
from countermine.models.transport import Fault, Said, Sent

T = TypeVar("T")

_GRACE_S = 1.0
"""How long the loop has to end a call that is out of time, before we stop waiting for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    model: AnyModel
    structure: Structure
    key: Key | None
    client: httpx2.AsyncClient


class ProviderTransport:
    """Sends requests to real providers. Safe to call from several threads.

    Nothing is loaded, opened or started before the first request.
    """

    def __init__(
        self, environment: Mapping[str, str], max_answer_bytes: int = MAX_ANSWER_BYTES
    ) -> None:
        """Make a transport.

        Args:
            environment: Holds the keys, and names a proxy.
            max_answer_bytes: Longer answers are not read to their end.
        """
        self._environment = environment
        self._most = max_answer_bytes
        self._lines: dict[tuple[str, RosterEntry], _Line] = {}
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Return the transport."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        del kind, error, trace
        self.close()

    def send(self, name: str, entry: RosterEntry, request: Request) -> Sent:
        """Send and wait, at most ``entry.timeout_s``; never raises for what a provider does."""
        try:
            line = self._line(name, entry)
        except CallFailedError as lack:
            return Fault(outcome=lack.outcome, reason=lack.reason, sent=False)
        seen = Seen()
        future = self._begun(_asked(line, entry, request, seen))
        error: BaseException | None
        try:
            error = future.exception(entry.timeout_s + _GRACE_S)
        except (TimeoutError, CancelledError):
            error = TimeoutError()
        finally:
            future.cancel()
        if isinstance(error, TimeoutError):
            reason = f"no whole answer within {entry.timeout_s:g} s"
            return Fault(outcome=CallOutcome.TIMED_OUT, reason=reason, serving=seen.serving)
        if error is not None:
            return fault_of(error, seen, line.key)
        return _cleared(said_of(entry, request, future.result(), seen), line.key)

    def close(self) -> None:
        """Close all connections and end the thread. A later request begins anew."""
        with self._lock:
            loop, thread, lines = self._loop, self._thread, list(self._lines.values())
            self._loop = self._thread = None
            self._lines.clear()
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(_closed(lines), loop).result(_GRACE_S * 5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _line(self, name: str, entry: RosterEntry) -> _Line:
        with self._lock:
            line = self._lines.get((name, entry))
            if line is None:
                key = key_for(name, entry, self._environment)
                client = client_for(url_of(entry), entry.timeout_s, self._environment, self._most)
                model = connect(entry, key, client)
                structure = structure_for(entry, model)
                line = _Line(model=model, structure=structure, key=key, client=client)
                self._lines[name, entry] = line
            return line

    def _begun(self, work: Coroutine[None, None, T]) -> "Future[T]":
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="countermine-models", daemon=True
                )
                self._thread.start()
            return asyncio.run_coroutine_threadsafe(work, self._loop)


def _cleared(said: Said, key: Key | None) -> Said:
    """Return an answer without the key, which an odd server may repeat there too."""
    if key is None:
        return said
    serving = key.clear(said.serving) if said.serving is not None else None
    return replace(said, text=key.clear(said.text), serving=serving)


async def _asked(line: _Line, entry: RosterEntry, request: Request, seen: Seen) -> ModelResponse:
    SEEN.set(seen)
    async with asyncio.timeout(entry.timeout_s):
        return await model_request(
            line.model,
            messages_for(entry, line.structure, request),
            model_settings=ModelSettings(max_tokens=request.answer_tokens),
            model_request_parameters=parameters_for(line.structure, request),
            instrument=False,
        )


async def _closed(lines: list[_Line]) -> None:
    for line in lines:
        await line.client.aclose()
