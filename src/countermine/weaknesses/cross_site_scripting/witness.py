"""How cross-site scripting shows itself: the value is markup or script in the page that is sent."""

from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import Event, Observation, Witness
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.pages import markup
from countermine.prove.drive.payloads import PROBE, Payload
from countermine.prove.drive.silence import texts_back

PLAN = Plan(
    attacks=(
        Payload(name="element", text="<{canary}>"),
        Payload(name="double-quoted-attribute", text='" {canary}="1'),
        Payload(name="single-quoted-attribute", text="' {canary}='1"),
        Payload(name="unquoted-attribute", text=f"{PROBE} {{canary}}=1"),
        Payload(name="out-of-double-quotes", text='"><{canary}>'),
        Payload(name="out-of-single-quotes", text="'><{canary}>"),
        Payload(name="out-of-script", text="</script><{canary}>"),
        Payload(name="out-of-script-string", text="';{canary}//"),
        Payload(name="out-of-double-script-string", text='";{canary}//'),
        Payload(name="out-of-comment", text="--><{canary}>"),
        Payload(name="out-of-title", text="</title></textarea><{canary}>"),
        Payload(name="script-address", text="javascript:{canary}()"),
        Payload(name="slash-for-space", text="<{canary}/x=1>"),
        # What stands behind the value closes it: nothing that looks for whole tags sees one.
        Payload(name="never-closed", text="<{canary} "),
    ),
    controls=(Payload(name="plain-word", text=PROBE),),
)


def _is_page(event: Event) -> bool:
    if event.name == "returned":
        return True
    kind = (event.get("content_type") or "").lower()
    return any(one in kind for one in ("html", "xml", "svg"))


def _shown(_witness: Witness, seen: Observation, _benign: Observation) -> str | None:
    for event in texts_back(seen):
        what = markup(event.get("body") or "") if _is_page(event) else None
        if what is not None:
            return f"in the page that came back the value is {what}"
    return None


WITNESS: WitnessMaker = PlannedMaker(plan=lambda _finding, _texts: PLAN, shown=_shown)
"""Gives a word in markup of each context, and parses the page as a browser does."""
