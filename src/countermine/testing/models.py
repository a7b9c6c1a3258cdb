"""Models that say what a test wants."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from countermine.core.models import CallOutcome
from countermine.models.options import RosterEntry
from countermine.models.request import Request
from countermine.models.transport import Fault, Said, Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One request that a scripted transport was given."""

    name: str
    """Of the roster's entry."""
    entry: RosterEntry
    request: Request


class ScriptedTransport:
    """A transport that says what it is told to; safe to call from several threads.

    A script that is a function is asked for each request, one at a time, so it may keep count. One
    that is a list is said in order; past its end every model is withdrawn, so that a test sees a
    call too many as an outcome and not as an exception in a thread.
    """

    def __init__(self, script: Iterable[Sent] | Callable[[Heard], Sent]) -> None:
        """Make a transport for one test.

        Args:
            script: What to say in order, or a function that says it for a request.
        """
        self.heard: list[Heard] = []
        """All requests so far, in the order in which they came."""
        self._lock = threading.Lock()
        self._say = script if callable(script) else _in_order(script)

    def send(self, name: str, entry: RosterEntry, request: Request) -> Sent:
        """Record the request and say what the script says."""
        heard = Heard(name=name, entry=entry, request=request)
        with self._lock:
            self.heard.append(heard)
            return self._say(heard)


def said(text: str, *, serving: str | None = "scripted") -> Said:
    """Return an answer with a token for each four characters, as scripts mostly want it."""
    return Said(text=text, serving=serving, input_tokens=100, output_tokens=len(text) // 4 + 1)


def _in_order(script: Iterable[Sent]) -> Callable[[Heard], Sent]:
    left = iter(script)
    over = Fault(outcome=CallOutcome.WITHDRAWN, reason="the script is over", sent=False)
    return lambda _: next(left, over)
