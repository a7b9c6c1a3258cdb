"""Witnesses of cookies that may go further than they should."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.core.witnesses import Effect, NoWitness, Observation, Stimulus, Unclear, Witness
from countermine.prove.drive.making import witness
from countermine.prove.drive.silence import at_sink, judged, place
from countermine.prove.drive.structural import PLAN

_NAMED = "cookie "


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieMaker:
    """Has the cookie given out, and looks at the header that it makes."""

    attribute: str
    """In small letters, as the observer has it."""

    def make(self, finding: Finding, texts: Mapping[TreePath, bytes]) -> Witness | NoWitness:
        """Return the witness for a finding."""
        made = witness(finding, texts, PLAN)
        if isinstance(made, NoWitness):
            return made
        name = f"{_NAMED}{_key(finding, texts) or ''}".strip()
        return replace(made, attacks=tuple(replace(one, name=name) for one in made.attacks))

    def judge(
        self,
        witness: Witness,
        stimulus: Stimulus,
        seen: Observation,
        benign: Observation,
    ) -> Effect:
        """Say whether the cookie was given out without the attribute."""
        key = stimulus.name.partition(_NAMED)[2]
        given = [
            event
            for event in seen.events
            if event.name == "cookie"
            and (event.get("key") == key if key else at_sink(witness, event))
        ]
        for event in given:
            if event.get(self.attribute) != "1":
                shown = f"the cookie {event.get('key')} was given out without {self.attribute}"
                return judged(f"{shown} {place(event)}", seen, benign)
        if not given:
            return Unclear(reason="no such cookie was given out")
        return judged(None, seen, benign)


def _key(finding: Finding, texts: Mapping[TreePath, bytes]) -> str | None:
    """Return what the cookie of a finding is called, if the call says it in so many words."""
    span = finding.location
    source = texts.get(span.path, b"")[span.start_byte : span.end_byte].strip()
    try:
        call = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError):
        return None
    if not isinstance(call, ast.Call):
        return None
    named = [one.value for one in call.keywords if one.arg in {"key", "name"}]
    first = next((one for one in (*call.args[:1], *named) if isinstance(one, ast.Constant)), None)
    return first.value if first is not None and isinstance(first.value, str) else None
