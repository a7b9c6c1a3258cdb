"""The observer: sees what the target does through audit events and wrapped sinks.

It is installed once, before any code of the target or its packages is loaded, and is silent
until ``start``. CPython has no way to take an audit hook out again.
"""

from __future__ import annotations

import sys
import threading
from typing import NamedTuple

from countermine.prove.harness import channel
from countermine.prove.harness.audits import MARK, PROBE, READERS
from countermine.prove.harness.places import nearest

MAX_RECORDS = 3000
"""Above this the observer stops; silence then says nothing. A web request makes below 100."""
MAX_EQUAL = 3
"""The same thing at the same place is told this often."""


_LISTINGS = frozenset({"os.listdir", "os.scandir"})


def _of_library(detail: dict[str, str]) -> bool:
    path = detail.get("real", "")
    return "/site-packages/" in path or path.startswith(f"{sys.base_prefix}/lib/")


class Wrapped(NamedTuple):
    """A name that the harness replaced, to be found in place again at the end."""

    owner: object
    attribute: str
    wrapper: object


class Observer:
    """Keeps what one driven process does; one for each process."""

    def __init__(self, root: str) -> None:
        """Make an observer for the target below ``root``, which ends in ``/``."""
        self.root = root
        self.wrapped: list[Wrapped] = []
        self._write: channel.Write | None = None
        self._tokens: tuple[str, ...] = ()
        self._count = 0
        self._lost = 0
        self._equal: dict[tuple[str, str], int] = {}
        self._local = threading.local()

    def install(self) -> None:
        """Begin to receive audit events; cannot be undone."""
        sys.addaudithook(self._hook)

    def start(self, write: channel.Write, tokens: tuple[str, ...]) -> None:
        """Begin to report.

        Args:
            write: Where to.
            tokens: What makes an event worth telling though no code of the target is on the
                stack: the canary, and the names that witnesses use.
        """
        self._write = write
        self._tokens = tokens
        self._count = self._lost = 0
        self._equal = {}

    def _hook(self, event: str, args: tuple[object, ...]) -> None:
        if self._write is None or event not in READERS:
            return
        if getattr(self._local, "busy", False):
            # The reader's own look-ups raise events too; only those of the target are lost ones.
            return
        self._local.busy = True
        try:
            self._audited(event, args)
        except Exception as problem:  # noqa: BLE001 - must never reach the target's code
            self._lost += 1
            self._problem(problem)
        finally:
            self._local.busy = False

    def _audited(self, event: str, args: tuple[object, ...]) -> None:
        place = nearest(self.root, 3)
        # Work of the interpreter, a framework or another thread is told if the canary is in it.
        foreign = place is None and event not in {MARK, PROBE}
        if foreign and (event in {"import", "compile"} or not self._concerns(args)):
            return
        if event == "import" and not self._concerns(args):
            return
        seen = READERS[event](args)
        if seen is not None:
            name, detail = seen
            if event in _LISTINGS and not self._concerns(args) and _of_library(detail):
                # Large libraries look for their own data in hundreds of folders.
                return
            if place is not None:
                detail = {**detail, **place.detail()}
            self._keep(name, detail)

    def _concerns(self, what: object) -> bool:
        said = repr(what)
        return any(token in said for token in self._tokens)

    def observe(self, name: str, detail: dict[str, str], *, always: bool = False) -> None:
        """Report what reached a wrapped sink, with the place in the target.

        Args:
            name: Name of the event.
            detail: Its facts.
            always: Report it even where no code of the target is on the stack.
        """
        if self._write is None or getattr(self._local, "busy", False):
            return
        self._local.busy = True
        try:
            place = nearest(self.root, 2)
            if place is not None:
                self._keep(name, {**detail, **place.detail()})
            elif always or self._concerns(detail):
                self._keep(name, detail)
        finally:
            self._local.busy = False

    def _keep(self, name: str, detail: dict[str, str]) -> None:
        key = (name, repr(sorted(detail.items())))
        self._equal[key] = self._equal.get(key, 0) + 1
        if self._equal[key] > MAX_EQUAL and name != PROBE:
            return
        if self._count >= MAX_RECORDS:
            self._lost += 1
            return
        self._count += 1
        if self._write is not None:
            self._write(name, detail)

    def _problem(self, problem: Exception) -> None:
        if self._write is not None and self._count < MAX_RECORDS:
            self._count += 1
            self._write("observer-problem", {"error": f"{type(problem).__name__}: {problem}"})

    def probe(self, word: str) -> None:
        """Show that events still arrive, and that every wrapper is still in its place."""
        sys.audit(PROBE, word)
        for one in self.wrapped:
            if vars(one.owner).get(one.attribute) is not one.wrapper:
                owner = getattr(one.owner, "__name__", type(one.owner).__name__)
                self.observe("displaced", {"name": f"{owner}.{one.attribute}"}, always=True)

    def tell(self, name: str, detail: dict[str, str]) -> None:
        """Report something that the harness itself knows, such as the result."""
        self._count += 1
        if self._write is not None:
            self._write(name, detail)

    def stop(self) -> None:
        """Report nothing until the next start."""
        self._write = None

    def close(self) -> None:
        """Write the closing record; nothing is reported after it."""
        write, self._write = self._write, None
        if write is not None:
            write(channel.CLOSING, {"lost": str(self._lost)})
