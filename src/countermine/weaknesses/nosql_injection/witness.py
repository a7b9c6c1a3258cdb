"""How NoSQL injection shows itself: the value brings operators along, or words of a program."""

import json

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import CANARY, Encoding, Observation, Unclear, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.queries import operators, parsed, programs
from countermine.prove.drive.silence import place

_WORD = "{canary}"
_LEGITIMATE = f"{PROBE}-word"
_NUMBER = "910770"
_MEANT = (_LEGITIMATE, _NUMBER)
"""What legitimate uses hand in, told from what other fields are filled with: a filter that has none
of it is about something else."""
_OPERATORS = (
    ("not-equal", {"$ne": _WORD}),
    ("greater", {"$gt": "", "$ne": _WORD}),
    ("expression", {"$regex": f"^|{_WORD}"}),
    ("not", {"$not": {"$eq": _WORD}}),
    ("not-among", {"$nin": [_WORD]}),
    ("among", {"$in": [_WORD, PROBE]}),
    ("exists", {"$exists": True, "$ne": _WORD}),
    ("behind-an-equal", {"$eq": PROBE, "$lt": _WORD}),
)
"""What fits other values than the one that it holds."""


def _whole(name: str, filter_: object) -> Payload:
    return Payload(name=f"whole-{name}", text=json.dumps(filter_), encoding=Encoding.JSON)


PLAN = Plan(
    attacks=(
        *(
            Payload(name=name, text=json.dumps(value), encoding=Encoding.JSON)
            for name, value in _OPERATORS
        ),
        *(_whole(name, {PROBE: value}) for name, value in _OPERATORS[:2]),
        _whole("or", {"$or": [{}, {PROBE: _WORD}]}),
        _whole("program", {"$where": f"'{_WORD}' == '{_WORD}'"}),
        Payload(name="number", text="1 || '{canary}' == '{canary}'"),
        Payload(name="single-quote", text=f"{PROBE}' || '{{canary}}' == '{{canary}}"),
        Payload(name="double-quote", text=f'{PROBE}" || "{{canary}}" == "{{canary}}'),
        Payload(name="second-statement", text="1; return '{canary}' == '{canary}'"),
    ),
    controls=(
        Payload(
            name="word",
            text=_LEGITIMATE,
            alternatives=(json.dumps(_LEGITIMATE), json.dumps({PROBE: _LEGITIMATE}), _NUMBER),
        ),
    ),
)


def _shown(_witness: Witness, seen: Observation, benign: Observation) -> str | Unclear | None:
    known = [parsed(text) for text in _filters(benign)]
    if not known:
        return Unclear(reason="the legitimate use made no query")
    if not any(value in text for value in _MEANT for text in _filters(benign)):
        return Unclear(reason="the legitimate value did not get into a filter")
    meant = {path for query in known for path in operators(query)}
    written = {program for query in known for program in programs(query)}
    for event in seen.events:
        text = event.get("filter")
        if text is None or CANARY not in text:
            continue
        query = parsed(text)
        if query is None:
            return Unclear(reason="a filter is too long to be read")
        brought = [path for path in operators(query) if path not in meant]
        if brought:
            names = ", ".join(".".join(path) for path in sorted(brought))
            return f"the value brought {names} into the filter {text} {place(event)}"
        if any(program not in written for program in programs(query)):
            return f"the value changed the program in the filter {text} {place(event)}"
    return None


def _filters(seen: Observation) -> list[str]:
    return [text for event in seen.events if (text := event.get("filter")) is not None]


WITNESS: WitnessMaker = PlannedMaker(plan=lambda _finding, _texts: PLAN, shown=_shown)
"""Hands in operators where a value is meant, and looks at the filters of queries."""
