"""How template injection shows itself: the value is part of the template, not of its data."""

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import Observation, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.silence import place, texts_back

_SUM = "7919*7907"
_PRODUCT = str(7919 * 7907)

PLAN = Plan(
    attacks=(
        Payload(name="expression", text=f"{{{{{_SUM}}}}}"),
        Payload(name="statement", text=f"{{% if {_SUM} %}}{{canary}}{{% endif %}}"),
        Payload(name="dollar-expression", text=f"${{{_SUM}}}"),
        Payload(name="out-of-expression", text=f"1}}}}{{{{{_SUM}}}}}{{{{1"),
        Payload(name="spaced-expression", text=f"{{{{ {_SUM} }}}}"),
        Payload(name="tag-expression", text=f"<%= {_SUM} %>"),
    ),
    controls=(Payload(name="plain-word", text=PROBE),),
)


def _shown(witness: Witness, seen: Observation, benign: Observation) -> str | None:
    before = "".join(event.get("body") or "" for event in texts_back(benign))
    for event in texts_back(seen):
        if _PRODUCT in (event.get("body") or "") and _PRODUCT not in before:
            return f"the template worked out {_SUM} = {_PRODUCT}"
    texts = {item.text for one in witness.attacks for item in one.inputs}
    for event in seen.events:
        if event.name != "template":
            continue
        source = event.get("source") or ""
        if any(_part(text) in source for text in texts):
            return f"the value became part of a template's source {place(event)}"
    return None


def _part(text: str) -> str:
    """Return the part of a payload that stays the same when the canary is filled in."""
    return text.split("{canary}", maxsplit=1)[0]


WITNESS: WitnessMaker = PlannedMaker(plan=lambda _finding, _texts: PLAN, shown=_shown)
"""Gives an expression of each template language, and looks for its value."""
