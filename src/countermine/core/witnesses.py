"""Witnesses: what to feed a target so that a flaw shows, and what must go on working.

A witness is data. The harness (``prove/harness``) turns it into calls inside the sandbox, the
observer reports what reached the watched places, and the weakness's judge reads the reports.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from countermine.core.entrypoints import Channel, EntryPoint
from countermine.core.spans import TreePath
from countermine.core.weakness import Fingerprint, WeaknessId

CANARY = "cmcanaryword"
"""What stands in an observation for the canary of the drive: the same length, always a word."""


class Encoding(StrEnum):
    """How a value is written before it enters, after its placeholders are filled."""

    PLAIN = "plain"
    """As it is; as bytes, latin-1 where that can hold it, UTF-8 otherwise."""
    BASE64 = "base64"
    BASE64_URL = "base64-url"
    HEX = "hex"
    PERCENT = "percent"
    """Every byte but letters and digits as ``%XX``."""
    BASIC = "basic"
    """As a header of authorization has a name and a password: ``Basic`` and Base64."""
    BEARER = "bearer"
    """As a header of authorization has a token: behind ``Bearer``."""
    JSON = "json"
    """In a document of JSON as what the text is the JSON of; elsewhere as it is."""


class Packing(StrEnum):
    """How a value is compressed before it is encoded."""

    ZLIB = "zlib"
    GZIP = "gzip"
    BZ2 = "bz2"
    XZ = "xz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One value that enters through a channel; the text may hold ``{canary}`` and ``{base}``.

    ``{canary}`` becomes a word of letters that is new for every drive; what the observer saw
    has ``CANARY`` in its place again. ``{base}`` becomes the scratch folder of the stimulus.
    """

    channel: Channel
    key: str | None
    text: str
    encoding: Encoding = Encoding.PLAIN
    packing: Packing | None = None
    blanks: int = 0
    """So many MiB of blanks stand behind the text before it is packed."""
    file_name: str | None = None
    """For ``FILE_CONTENT``: what the file that holds the text is called; some readers care."""
    samples: tuple[str, ...] = ()
    """For a legitimate use: endings of names. The first file of the target with such an ending
    that works takes the place of the text, if there is one, and the result names it."""
    alternatives: tuple[str, ...] = ()
    """For a legitimate use: texts that are tried in turn where ``text`` does not work. After
    them come strings of the target's own tests. The result names the one that works.
    ``{compared}`` is what the target compares ``text`` with; it goes before all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupFile:
    """A file that the harness makes before it drives the target, below its scratch folder."""

    name: str
    content_base64: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stimulus:
    """One way of driving the target: an attack, one of its variants, or a legitimate use."""

    name: str
    """Says what is special about it: ``dot-dot``, ``absolute``, ``percent-encoded``."""
    inputs: tuple[Input, ...]
    files: tuple[SetupFile, ...] = ()


class WitnessKind(StrEnum):
    """How a witness shows a flaw."""

    EFFECT = "effect"
    """An attack changes what reaches the sink, against what a benign probe showed."""
    STRUCTURAL = "structural"
    """The dangerous call itself, with the dangerous setting, is seen to happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestDriver:
    """A test of the target that calls the entry point: what it sets up is used again."""

    __test__ = False

    path: TreePath
    """Of the file that holds it."""
    id: str
    """As its runner calls it."""
    runner: str
    """``pytest`` or ``unittest``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A small program, as data, that drives the target; plus the control."""

    weakness: WeaknessId
    fingerprint: Fingerprint
    kind: WitnessKind
    entry: EntryPoint
    sink: str
    """Resolved name of the sink that is watched."""
    sink_path: TreePath | None = None
    """File that holds the sink; ``None`` when it is not known."""
    sink_function: str | None = None
    """Qualified name of the function that holds the sink."""
    attacks: tuple[Stimulus, ...]
    """The first is the one that gate 1 runs; all of them are run by gate 6."""
    controls: tuple[Stimulus, ...]
    """At least one legitimate use through the same entry point."""
    script: str | None = None
    """Source of a driver of the user's own (functions ``attack(canary)`` and ``control()``);
    ``None`` to use the driver of ``entry.kind``. It runs beside the observer and could forge what
    that sees, so that it counts only if it is ``vouched``."""
    vouched: bool = False
    """Whether the script is the word of the user who started the program."""
    driver: str | None = None
    """Source of a driver that nobody vouches for, such as a model's (a function ``drive(value)``):
    read and never run, it only sets up what the entry point is called with."""
    proposed_by: str | None = None
    """Who wrote the driver or some of the attacks; ``None`` where all is the weakness's plan."""
    test: TestDriver | None = None
    """A test of the target that is run until it calls the entry point, where one argument is
    replaced; ``None`` to call the entry point directly."""
    methods: tuple[str, ...] = ()
    """By which a request gets to the sink, where the entry point tells methods apart."""
    beside: tuple[Input, ...] = ()
    """What the entry point takes beside the value, with something for it."""
    words: tuple[str, ...] = ()
    """Names in texts of the sink's file: what it may look for in a document."""
    answered: bool = False
    """Whether every connection of the target is answered, by a server of the harness's own: some
    legitimate uses ask a host that the sandbox does not reach."""

    def __post_init__(self) -> None:
        """Refuse a witness that could not tell anything."""
        if not self.attacks or not self.controls:
            message = "a witness needs at least one attack and one control"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWitness:
    """No witness could be built; the case stays where it is."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What the observer saw, once: an audit event, a wrapped sink, a probe, or an effect."""

    sequence: int
    name: str
    """``open``, ``subprocess.Popen``, ``exec``, ``sql``, ``response`` ..."""
    detail: tuple[tuple[str, str], ...]
    """Named facts as text, sorted by name."""
    outside: bool = False
    """Seen from outside the target's process."""

    def get(self, name: str) -> str | None:
        """Return the fact of that name."""
        return dict(self.detail).get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one stimulus led to, as the observer saw it.

    Silence counts only when ``probes_held`` and ``closed`` are true.
    """

    stimulus: str
    events: tuple[Event, ...]
    probes_held: bool
    """The observer's own probe events were seen before and after the drive."""
    closed: bool
    """The closing record was written."""
    reached: bool
    """The entry point was called and came back (with a result or an exception)."""
    result: str | None = None
    """Normalised result of the entry point, for comparing controls before and after."""
    error: str | None = None
    """Exception that the entry point raised, as ``Type: message``."""
    lines: frozenset[int] = frozenset()
    """A number for each line of the target that ran, where they were asked for. No evidence: code
    of the target can keep them back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The effect that the weakness is about was seen."""

    evidence: str
    kind: Literal["shown"] = "shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The effect was not seen, and the observation is good enough to say so."""

    kind: Literal["absent"] = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """The observation cannot tell."""

    reason: str
    kind: Literal["unclear"] = "unclear"


Effect: TypeAlias = Shown | Absent | Unclear
