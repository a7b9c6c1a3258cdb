"""How a timing-unsafe comparison shows itself: the secret is seen to be compared byte by byte.

No time is ever measured. That a fix is one is not taken from silence either: a comparison that
takes the same time for every guess must be seen in its place.
"""

from collections.abc import Mapping

from countermine.core.entrypoints import Channel, EntryPoint
from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.spans import TreePath
from countermine.core.witnesses import (
    CANARY,
    Encoding,
    Event,
    Observation,
    Unclear,
    Witness,
    WitnessKind,
)
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan, trace_texts
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.silence import at_sink, place

_CONSTANT = "a constant"


def plan(finding: Finding, texts: Mapping[TreePath, bytes]) -> Plan:
    """Return guesses, in a header of authorization as such headers are written."""
    text, encoding = ("{canary}", PROBE), Encoding.PLAIN
    if finding.entry is not None and _may_authorize(finding.entry):
        near = b"\n".join(trace_texts(finding, texts)).lower()
        if b"basic" in near or b"b64decode" in near:
            text, encoding = ("{canary}:{canary}", f"{PROBE}:{PROBE}"), Encoding.BASIC
        elif b"bearer" in near:
            encoding = Encoding.BEARER
    guess = Payload(name="guess", text=text[0], encoding=encoding)
    right = Payload(
        name="right-guess", text=text[1], encoding=encoding, alternatives=("{compared}",)
    )
    guesses = [guess]
    if encoding is Encoding.BASIC:
        # Where the name is compared first, only the right one leads to the password.
        known = Payload(name="guess-for-known", text=f"{PROBE}:{{canary}}", encoding=encoding)
        guesses.append(known)
    return Plan(attacks=guesses, controls=(right,), kind=WitnessKind.STRUCTURAL)


def _may_authorize(entry: EntryPoint) -> bool:
    """Tell whether a value is a header of authorization, or one whose name is not told."""
    if entry.key is None:
        return entry.channel is Channel.HEADER
    return entry.key.lower().endswith("authorization")


def _shown(witness: Witness, seen: Observation, _benign: Observation) -> str | Unclear | None:
    secret = witness.sink.rpartition(" ")[2]
    compared = [event for event in seen.events if event.name == "compare"]
    for event in compared:
        if at_sink(witness, event) and secret in _names(event):
            return f"{secret} was compared by {event.get('operator')!r} {place(event)}"
    for event in compared:
        if CANARY in _sides(event) and _CONSTANT not in _names(event) and _differs(event):
            return Unclear(reason=f"the guess was compared byte by byte {place(event)}")
    if not any(_is_even(witness, event) for event in seen.events):
        return Unclear(reason="no comparison was seen that takes the same time for every guess")
    return None


def _names(event: Event) -> tuple[str | None, str | None]:
    return event.get("left_name"), event.get("right_name")


def _sides(event: Event) -> str:
    return f"{event.get('left')}\n{event.get('right')}"


def _differs(event: Event) -> bool:
    """Tell whether something is compared with another thing than itself."""
    return not all(CANARY in (event.get(side) or "") for side in ("left", "right"))


def _is_even(witness: Witness, event: Event) -> bool:
    """Tell whether an event is a comparison in constant time of the guess with something else."""
    if event.name != "compare-digest" or event.get("left") is None:
        return False
    near = event.get("file") == witness.sink_path or CANARY in _sides(event)
    return near and _differs(event)


WITNESS: WitnessMaker = PlannedMaker(plan=plan, shown=_shown)
"""Hands in a guess, and looks how it is compared with the secret."""
