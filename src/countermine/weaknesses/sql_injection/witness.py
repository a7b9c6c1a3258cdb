"""How SQL injection shows itself: the value changes the shape of the statement it is part of."""

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import CANARY, Observation, Unclear, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.silence import place
from countermine.prove.drive.statements import shape, tokens

PLAN = Plan(
    attacks=(
        Payload(name="single-quote", text=f"{PROBE}' OR '{{canary}}'='{{canary}}"),
        Payload(name="number", text="1 OR '{canary}'='{canary}'"),
        Payload(name="double-quote", text=f'{PROBE}" OR "{{canary}}"="{{canary}}'),
        Payload(name="single-quote-comment", text=f"{PROBE}' OR '{{canary}}'='{{canary}}' -- "),
        Payload(name="single-quote-bracket", text=f"{PROBE}') OR ('{{canary}}'='{{canary}}"),
        Payload(name="like", text=f"{PROBE}%' OR '{{canary}}' LIKE '%{{canary}}"),
        Payload(name="union", text=f"{PROBE}' UNION SELECT '{{canary}}"),
        Payload(name="expression", text="(SELECT '{canary}')"),
        Payload(name="second-statement", text=f"{PROBE}'; SELECT '{{canary}}"),
        Payload(name="behind-a-name", text="id, '{canary}' || '{canary}'"),
        Payload(name="identifier-quote", text="id` , '{canary}' , `id"),
    ),
    controls=(Payload(name="plain-word", text="1"),),
)


def _shown(_witness: Witness, seen: Observation, benign: Observation) -> str | Unclear | None:
    statements = [text for event in benign.events if (text := event.get("sql")) is not None]
    known = {shape(text) for text in statements} - {None}
    words = {tokens(text) for text in statements if not known} - {None}
    for event in seen.events:
        text = event.get("sql")
        if text is None or CANARY not in text:
            continue
        if words and tokens(text) not in words:
            return f"the value added words to the statement {text!r} {place(event)}"
        if words:
            continue
        if not known:
            return Unclear(reason=f"no benign statement is there to compare {text!r} with")
        mine = shape(text)
        if mine is None:
            return f"the value broke the statement {text!r} {place(event)}"
        if mine not in known:
            return f"the value changed the shape of the statement {text!r} {place(event)}"
    return None


WITNESS: WitnessMaker = PlannedMaker(plan=lambda _finding, _texts: PLAN, shown=_shown)
"""Ends the constant that the value should be, and compares two equal words behind it."""
