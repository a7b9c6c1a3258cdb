"""What was seen from outside the driven process, joined with what its observer told.

The observer shares a process with the target. Code there that finds and silences it goes unseen
by it, and so does what a library written in C does by itself. Programs, files and connections are
seen by the kernel too. What bears the canary there and is not among what the observer told makes
its silence worth nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

from countermine.core.witnesses import CANARY, Event, Observation
from countermine.ports.sandbox import Seen
from countermine.prove.harness.stimuli import BEGIN, END

PREFIX = "outside-"
"""How the names of such events begin: judges look at none of them."""

MAX_EVENTS = 200
"""Kept of one stimulus, those that bear the canary first."""

_LOCAL = ("127.", "[::1]", "unix:", "0.0.0.0", "[::]", "family ")  # noqa: S104 - recognised, not used
_PROBES_OF_EACH = 2
MARKS = "/countermine-mark/"
"""Below it lies what code asks the kernel for that a value brought: whoever else is silent."""
_PROBES = "/countermine-probe/"
_TOLD = ("raised", "response", "returned", "stat", "observer-problem", "displaced")
"""Events that are no word of an effect, though the canary may stand in them."""


def by_stimulus(seen: Sequence[Seen]) -> dict[str, tuple[Seen, ...]]:
    """Return what was seen of the last try of each stimulus."""
    found: dict[str, tuple[Seen, ...]] = {}
    name: str | None = None
    current: list[Seen] = []
    for one in seen:
        if one.name != "mark":
            current.append(one)
            continue
        word = one.words[0] if one.words else ""
        if word == END and name is not None:
            found[name] = tuple(current)
            name = None
        elif word.startswith(BEGIN):
            name = word.removeprefix(BEGIN)
        current = []
    return found


def joined(observed: Observation, seen: Sequence[Seen], canary: str) -> Observation:
    """Return the observation with what was seen from outside behind its own events.

    The probes of the observer are seen from there as well: without them, somebody else was.
    """
    texts = list(dict.fromkeys((one.name, _settled(one.words, canary)) for one in seen))
    texts.sort(key=lambda text: CANARY not in str(text))
    first = len(observed.events)
    events = [
        Event(
            sequence=first + number,
            name=PREFIX + name,
            detail=tuple((f"word-{at:02}", word) for at, word in enumerate(words)),
            outside=True,
        )
        for number, (name, words) in enumerate(texts[:MAX_EVENTS])
        if (CANARY in str(words) or _leaves(name, words)) and not _is_probe(words)
    ]
    probes = sum(_is_probe(one.words) for one in seen)
    held = probes >= _PROBES_OF_EACH and not any(one.name == "cut" for one in seen)
    return replace(
        observed,
        events=(*observed.events, *events),
        probes_held=observed.probes_held and held,
    )


def _is_probe(words: tuple[str, ...]) -> bool:
    return bool(words) and words[0].startswith(_PROBES)


def _settled(words: tuple[str, ...], canary: str) -> tuple[str, ...]:
    return tuple(word.replace(canary, CANARY) for word in words)


def _leaves(name: str, words: tuple[str, ...]) -> bool:
    return name == "connect" and bool(words) and not words[0].startswith(_LOCAL)


def hidden(seen: Observation) -> str | None:
    """Return what the kernel saw that the observer does not tell of, or ``None``."""
    told = [event for event in seen.events if not event.outside and event.name not in _TOLD]
    paths = [event for event in told if event.name != "command"]
    commands = [event for event in told if event.name == "command"]
    for event in seen.events:
        if not event.name.startswith(PREFIX):
            continue
        kind = event.name.removeprefix(PREFIX)
        said = " ".join(word for _, word in event.detail)[:200]
        if kind == "connect":
            if not any("connect" in one.name or "host" in str(one.detail) for one in told):
                return f"a connection to {said} was seen from outside only"
        elif kind == "command":
            if CANARY in said and not _bears(commands):
                return f"a program was seen from outside only: {said}"
        elif kind == "look":
            if said.startswith(MARKS) and not _bears(told):
                return "code of the value was seen to run, from outside only"
        elif not _bears([*paths, *commands]):
            return f"a file was touched, seen from outside only: {said}"
    return None


def _bears(events: Sequence[Event]) -> bool:
    return any(CANARY in text for event in events for _, text in event.detail)
