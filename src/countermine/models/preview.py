"""Shows a question to the user before it is sent, to the byte, and lets it go or not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from countermine.core.models import CallOutcome
from countermine.models.locality import host_of
from countermine.models.options import RosterEntry
from countermine.models.request import Request

_YES = frozenset({"y", "yes"})
_ALL = frozenset({"a", "all"})


@dataclass(slots=True, kw_only=True)
class PreviewGate:
    """Asks the user about each question, once for each model that it would go to."""

    show: Callable[[str], None]
    """Shows lines; makes harmless what a terminal would act on."""
    answer: Callable[[str], str] | None
    """Asks and returns what was typed, the empty text at the end of the input; ``None`` where
    nobody can be asked, so that nothing is sent."""
    _all: bool = False
    _let_go: set[tuple[str, str]] = field(default_factory=set)
    _turn: Lock = field(default_factory=Lock)

    def refuses(
        self, name: str, entry: RosterEntry, request: Request
    ) -> tuple[CallOutcome, str] | None:
        """Return why a request may not go to an entry, or ``None``."""
        key = (name, request.digest)
        with self._turn:
            if key in self._let_go:
                return None
            self._show(name, entry, request)
            if self._all:
                return None
            if self.answer is None:
                return CallOutcome.WITHHELD, "a preview was asked for, and there is no terminal"
            said = self.answer(f"send this to {name}? [y/N/all] ").strip().lower()
            self._all = said in _ALL
            if self._all or said in _YES:
                self._let_go.add(key)
                return None
        return CallOutcome.WITHHELD, "the user did not let it go"

    def _show(self, name: str, entry: RosterEntry, request: Request) -> None:
        text = request.text
        size = len(text.encode("utf-8", "surrogatepass"))
        self.show(
            f"=== {request.task} to {name}: {entry.model} at {host_of(entry)}; {size} bytes, "
            f"{request.hidden} hidden, sha256 {request.digest}"
        )
        self.show(text)
        self.show(f"=== end of {request.digest[:16]}")
