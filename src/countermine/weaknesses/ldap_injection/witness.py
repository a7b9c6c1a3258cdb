"""How LDAP injection shows itself: the value changes the shape of the filter or name it is in."""

from collections.abc import Callable

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import CANARY, Observation, Unclear, Witness
from countermine.prove.drive.directories import Shape, shape_of_filter, shape_of_name
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.silence import place

_LEGITIMATE = f"{PROBE}-word"
PLAN = Plan(
    attacks=(
        Payload(name="second-item", text=f"{PROBE})(cn={{canary}}"),
        Payload(name="wildcard", text="{canary}*"),
        Payload(name="wildcard-before", text="*{canary}"),
        Payload(name="or", text=f"{PROBE})(|(cn={{canary}})"),
        Payload(name="out-of-group", text=f"{PROBE}))(|(cn={{canary}}"),
        Payload(name="wildcard-and-item", text="*)(cn={canary}"),
        Payload(name="out-of-group-and-in", text=f"{PROBE})(cn={{canary}}))(|(cn={PROBE}"),
        Payload(name="not", text=f"{PROBE})(!(cn={{canary}})"),
        Payload(name="part-of-name", text=f"{PROBE},ou={{canary}}"),
        Payload(name="joined-part-of-name", text=f"{PROBE}+cn={{canary}}"),
        Payload(name="old-part-of-name", text=f"{PROBE};ou={{canary}}"),
        Payload(name="escaped-part-of-name", text=f"{PROBE}\\,ou={{canary}}"),
    ),
    controls=(Payload(name="word", text=_LEGITIMATE),),
)
_ASKED: tuple[tuple[str, Callable[[str], Shape | None]], ...] = (
    ("search", shape_of_filter),
    ("name", shape_of_name),
)
"""What is asked of a directory, and how it is read."""


def _shown(_witness: Witness, seen: Observation, benign: Observation) -> str | Unclear | None:
    meant = False
    for part, shape in _ASKED:
        texts = [text for event in benign.events if (text := event.get(part)) is not None]
        known = {shape(text) for text in texts if text} - {None}
        meant = meant or any(_LEGITIMATE in text for text in texts)
        for event in seen.events:
            text = event.get(part)
            if event.name != "directory" or text is None or CANARY not in text:
                continue
            if not known:
                return Unclear(reason=f"no benign {part} is there to compare {text!r} with")
            mine = shape(text)
            if mine is None:
                return f"the value broke the {_CALLED[part]} {text!r} {place(event)}"
            if mine not in known:
                return f"the value changed the shape of the {_CALLED[part]} {text!r} {place(event)}"
    if not meant:
        return Unclear(reason="the legitimate value did not get to a directory")
    return None


_CALLED = {"search": "filter", "name": "name"}

WITNESS: WitnessMaker = PlannedMaker(plan=lambda _finding, _texts: PLAN, shown=_shown)
"""Closes the item that the value should be in, and reads the filter as a directory does."""
