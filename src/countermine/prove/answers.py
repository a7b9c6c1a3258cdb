"""Whether what is asked is answered, so that it is seen what a program makes of answers. Pure.

A legitimate use that finds nothing gives the same whatever a patch does with what is found: to
hand on the first row alone, or none, changes nothing of it.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from countermine.core.witnesses import Encoding, Event, Observation, Stimulus, Witness
from countermine.prove.drive.silence import at_sink

_READS = re.compile(
    r"\s*\(*\s*(?:select|with|show|values|table)\b|.*\breturning\b", re.IGNORECASE | re.DOTALL
)
"""Statements that are answered with rows."""
_ASKING = ("sql", "expression")


def asked(witness: Witness, seen: Observation) -> tuple[str, ...]:
    """Return the questions of the sink's function that are answered with rows or elements."""
    return tuple(
        text
        for event in seen.events
        if at_sink(witness, event) and (text := _question(event)) is not None
    )


def answered(witness: Witness, use: Stimulus, seen: Observation) -> bool:
    """Tell whether something was found by a question of the sink's function that has the value.

    A framework asks its database what it can do, too: that is answered whatever the value is.
    """
    questions = {
        text
        for event in seen.events
        if at_sink(witness, event)
        and (text := _question(event)) is not None
        and _has_value(event, use)
    }
    return any(
        event.name == "found" and event.get("statement") in questions for event in seen.events
    )


def _has_value(event: Event, use: Stimulus) -> bool:
    """Tell whether a question has what is handed in, as far as that can be known again."""
    if any(given.encoding is not Encoding.PLAIN or given.packing for given in use.inputs):
        return True
    texts = [one for given in use.inputs for one in (given.text, *given.alternatives) if one]
    # Numbers are values of their own, not digits in another word; lists of values are JSON.
    words = [re.escape(one) for text in texts for one in {text, json.dumps(text)[1:-1]}]
    value = re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)
    return not words or any(value.search(text) for _, text in event.detail)


def _question(event: Event) -> str | None:
    for key in _ASKING:
        text = event.get(key)
        if text is not None and (key != "sql" or _READS.match(text)):
            return text
    return None


def words_that_find(driven: Sequence[Observation]) -> tuple[str, ...]:
    """Return what was learned that would be found, in the order in which it was told."""
    return tuple(dict.fromkeys(word for seen in driven for word in _told(seen)))


def _told(seen: Observation) -> Iterator[str]:
    for event in seen.events:
        listed = event.get("finds")
        if listed is None:
            continue
        try:
            words = json.loads(listed)
        except ValueError:
            continue
        yield from (one for one in words if isinstance(one, str))


def with_text(witness: Witness, text: str, number: int) -> Stimulus:
    """Return the first legitimate use with another text."""
    first = witness.controls[0]
    given = tuple(replace(one, text=text, alternatives=()) for one in first.inputs)
    return replace(first, name=f"{first.name}-that-is-found-{number}", inputs=given)
