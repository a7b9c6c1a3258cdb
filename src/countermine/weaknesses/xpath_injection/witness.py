"""How XPath injection shows itself: the value becomes words of the expression."""

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import CANARY, Event, Observation, Unclear, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.selections import words
from countermine.prove.drive.silence import place

_LEGITIMATE = f"{PROBE}-word"
_NUMBER = "910770"
_MEANT = (_LEGITIMATE, _NUMBER)
PLAN = Plan(
    attacks=(
        Payload(name="single-quote", text=f"{PROBE}' or '{{canary}}'='{{canary}}"),
        Payload(name="double-quote", text=f'{PROBE}" or "{{canary}}"="{{canary}}'),
        Payload(name="number", text="1 or '{canary}'='{canary}'"),
        Payload(name="number-without-quotes", text="1 or {canary}={canary}"),
        Payload(name="bracket", text=f"{PROBE}'] | //*['{{canary}}"),
        Payload(name="double-quote-bracket", text=f'{PROBE}"] | //*["{{canary}}'),
        Payload(name="parenthesis", text=f"{PROBE}') or contains('{{canary}}', '"),
        Payload(name="double-quote-parenthesis", text=f'{PROBE}") or contains("{{canary}}", "'),
        Payload(name="without-blanks", text=f"{PROBE}'or'{{canary}}'='{{canary}}"),
        Payload(name="path", text="//*['{canary}'='{canary}']"),
        Payload(name="both-quotes", text=f"{PROBE}\"' or '{{canary}}'='{{canary}}"),
    ),
    controls=(Payload(name="word", text=_LEGITIMATE, alternatives=(_NUMBER,)),),
)


def _shown(_witness: Witness, seen: Observation, benign: Observation) -> str | Unclear | None:
    asked = [event for event in benign.events if event.name == "xpath"]
    known = {words(event.get("expression") or "") for event in asked} - {None}
    if not any(value in _said(event) for value in _MEANT for event in asked):
        return Unclear(reason="the legitimate value did not get to an expression")
    for event in seen.events:
        text = event.get("expression")
        if event.name != "xpath" or text is None or CANARY not in text:
            continue
        mine = words(text)
        if mine is None:
            return f"the value broke the expression {text!r} {place(event)}"
        if mine not in known:
            return f"the value added words to the expression {text!r} {place(event)}"
    return None


def _said(event: Event) -> str:
    return f"{event.get('expression')} {event.get('variables')}"


WITNESS: WitnessMaker = PlannedMaker(plan=lambda _finding, _texts: PLAN, shown=_shown)
"""Ends the constant that the value should be, and adds a condition behind it."""
