"""A model that knows upstream's fix of one item, or also the place and a witness."""

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from upstream_fix import Edit

from countermine.find.hypotheses import asking, driving
from countermine.fix.suggest import question as patching
from countermine.testing.model_replies import Asked

MODEL = "knowing-1"
_HEAD = 40
"""Characters of an instruction by which its task is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was written by hand for an item; see ``given/``."""

    place: Mapping[str, str] | None = None
    """A claim, as the task *hypothesise* wants it; ``None`` where the search finds the flaw."""
    functions: tuple[str, ...] = ()
    """Of the findings at the item's place only those in these functions; empty for all."""
    driver: str = ""
    attacks: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    """Instead of what was taken from upstream's release, where that is no fix by itself."""
    install: tuple[str, ...] = ()
    """Packages that the target uses and does not declare, as its user would set them."""
    why: str = ""


def read_given(file: Path) -> Given | None:
    """Return what was written for an item, ``None`` where nothing was."""
    if not file.is_file():
        return None
    document = tomllib.loads(file.read_text("utf-8"))
    return Given(
        place=document.get("place"),
        functions=tuple(document.get("functions", ())),
        driver=document.get("driver", ""),
        attacks=tuple(document.get("attacks", ())),
        edits=tuple(Edit(**one) for one in document.get("edit", ())),
        install=tuple(document.get("install", ())),
        why=document.get("why", ""),
    )


def knowing(edits: Sequence[Edit], given: Given | None) -> Callable[[Asked], str]:
    """Return what a model says that knows the edits, and what was given besides.

    Args:
        edits: The fix. A question for a patch that does not show a file of it is answered all the
            same: the program says then what was wrong.
        given: Place and witness; ``None`` for a model that knows the fix alone.
    """
    patch = {"edits": [asdict(one) for one in edits], "summary": "Fix as upstream did"}

    def say(asked: Asked) -> str:
        told = shown(asked)
        if _is(told, patching.INSTRUCTION):
            return json.dumps(patch)
        if given is not None and _is(told, driving.INSTRUCTION):
            return json.dumps({"driver": given.driver, "attacks": list(given.attacks)})
        if _is(told, asking.INSTRUCTION):
            place = None if given is None else given.place
            there = place is not None and place["line"].strip() in told and place["file"] in told
            return json.dumps({"claims": [dict(place)] if there and place is not None else []})
        return "{}"

    return say


def shown(asked: Asked) -> str:
    """Return all texts of a request, as one."""
    return "\n".join(_texts(asked.body.get("messages")))


def _texts(part: Any) -> list[str]:  # noqa: ANN401 - a JSON document of any form
    if isinstance(part, str):
        return [part]
    if isinstance(part, Mapping):
        return [text for value in part.values() for text in _texts(value)]
    if isinstance(part, Sequence):
        return [text for value in part for text in _texts(value)]
    return []


def _is(told: str, instruction: str) -> bool:
    return instruction.partition("{")[0][:_HEAD] in told
