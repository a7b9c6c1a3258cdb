"""Answers of the harness, made into observations that are the same from run to run."""

from collections.abc import Iterator, Mapping
from typing import cast

from countermine.core.witnesses import CANARY, Event, Observation

_ENDED_BY_ITSELF = "exit 0"
_ABOUT_THE_DRIVE = frozenset({"reached", "not-driven", "lines"})
"""Records of the harness on the drive itself, which are no events."""
_REFUSED = "400"
"""Statuses from here on say that a request was not answered as it was meant."""


def observation(answer: Mapping[str, object], canary: str) -> Observation:
    """Return what one answer says of its stimulus, with ``CANARY`` for the word of the drive."""
    records = list(_records(answer["records"], canary))
    outside = list(_records(answer["outside"], canary))
    facts = dict(_last(records, "reached"))
    raised = dict(_last(records, "raised"))
    undriven = dict(_last(records, "not-driven"))
    closed = bool(answer["closed"])
    error = facts.get("error") or raised.get("error") or undriven.get("reason")
    if error is None and _last(records, "response").get("status", "") >= _REFUSED:
        error = f"the response was {_last(records, 'response')['status']}"
    if not closed and error is None:
        error = _cut(answer)
    lines = _last(records, "lines").get("lines", "")
    kept = [record for record in records if record[0] not in _ABOUT_THE_DRIVE]
    events = [
        Event(sequence=at, name=name, detail=_sorted(detail), outside=at >= len(kept))
        for at, (name, detail) in enumerate([*kept, *outside])
    ]
    return Observation(
        stimulus=str(answer["stimulus"]),
        events=tuple(events),
        probes_held=bool(answer["probes"]),
        closed=closed,
        reached=any(name == "reached" for name, _ in records),
        result=facts.get("result"),
        error=error,
        lines=frozenset(map(int, lines.split())),
    )


def lost(name: str, why: str) -> Observation:
    """Return the observation of a stimulus of which nothing came back."""
    return Observation(
        stimulus=name, events=(), probes_held=False, closed=False, reached=False, error=why
    )


def _cut(answer: Mapping[str, object]) -> str:
    ending = str(answer["ending"])
    if ending != _ENDED_BY_ITSELF:
        return f"the driven process did not end by itself ({ending})"
    if answer["garbage"]:
        return "something else wrote to the observer's records"
    return "the observer's records are not whole"


def _records(items: object, canary: str) -> Iterator[tuple[str, dict[str, str]]]:
    for name, detail in cast("list[tuple[str, dict[str, str]]]", items):
        yield name, {key: _settled(text, canary) for key, text in detail.items()}


def _settled(text: str, canary: str) -> str:
    for form in (str.lower, str.upper, str.capitalize):
        text = text.replace(form(canary), form(CANARY))
    return text


def _last(records: list[tuple[str, dict[str, str]]], name: str) -> Mapping[str, str]:
    return next((detail for kind, detail in reversed(records) if kind == name), {})


def _sorted(detail: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(detail.items()))
