"""What the tests of the roster share: a small question, and a roster over scripted transports."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from countermine.core.models import ModelTask
from countermine.loop.calls.store import SqliteCalls
from countermine.models.bounds import Price, Pricing
from countermine.models.gates import Gatekeeper
from countermine.models.means import RosterMeans
from countermine.models.options import AllCaps, Caps, ModelSettings, ProviderKind, RosterEntry
from countermine.models.roster import Roster
from countermine.models.transport import Sent, Transport
from countermine.ports.memory import Memory
from countermine.ports.model import Material, Question, anything
from countermine.testing.clocks import StillClock
from countermine.testing.models import Heard, ScriptedTransport

UNCAPPED = AllCaps(run=Caps(), case=Caps())


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The answer of the question below."""

    word: str


def question(
    *,
    case: str | None = "case-1",
    task: ModelTask = ModelTask.PATCH,
    text: str = "x = 1",
    check: Callable[[Word], str | None] = anything,
) -> Question[Word]:
    return Question(
        task=task,
        case=case,
        instruction="Give the word.",
        material=(Material(title="file", text=text, path="app.py"),),
        answer=Word,
        check=check,
        answer_tokens=100,
    )


def entry(model: str = "scripted", **changes: object) -> RosterEntry:
    kept: dict[str, object] = {
        "provider": ProviderKind.OPENAI_COMPATIBLE,
        "model": model,
        "url": f"http://127.0.0.1:9/{model}",
        **changes,
    }
    return RosterEntry(**kept)  # type: ignore[arg-type] # each is checked by the class's own tests


def settings(
    names: Iterable[str] = ("first",), *, caps: AllCaps = UNCAPPED, **changes: RosterEntry
) -> ModelSettings:
    roster: Mapping[str, RosterEntry] = {name: entry(name) for name in names} | changes
    return ModelSettings(roster=roster, caps=caps)


@dataclass(slots=True, kw_only=True)
class Bench:
    """A roster with everything that a test may look at."""

    folder: Path
    settings: ModelSettings
    script: Iterable[Sent] | Callable[[Heard], Sent]
    price: Pricing = lambda _: Price(input_usd=0, output_usd=0)
    gatekeepers: tuple[Gatekeeper, ...] = ()
    memory: Memory | None = None
    clock: StillClock = field(default_factory=StillClock)
    slept: list[float] = field(default_factory=list)
    transport: ScriptedTransport = field(init=False)
    store: SqliteCalls = field(init=False)
    roster: Roster = field(init=False)

    def __post_init__(self) -> None:
        self.transport = ScriptedTransport(self.script)
        self.store = SqliteCalls(self.folder / "calls.sqlite")
        self.roster = self.another()

    def another(self, transport: Transport | None = None) -> Roster:
        """Return a roster of another process over the same record."""
        means = RosterMeans(
            transport=transport or self.transport,
            store=self.store,
            clock=self.clock,
            sleep=self.slept.append,
            price=self.price,
            gatekeepers=self.gatekeepers,
            memory=self.memory,
        )
        return Roster(self.settings, means)
