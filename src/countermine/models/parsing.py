"""From what a model wrote to an answer: read tolerantly, checked strictly."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic

from json_repair import repair_json
from pydantic import TypeAdapter, ValidationError

from countermine.models.hidden import Misplaced, cover, restored
from countermine.ports.model import Answer, Question

MAX_ANSWER_CHARACTERS = 400_000
"""Longer than any answer that fits the bound on its tokens."""

MAX_REPAIRED_CHARACTERS = 20_000
"""Repairing takes time by the square of what is broken; a longer answer has to be whole."""

_MAX_DEPTH = 32
"""No answer of ours nests deeper than six; a parser may not follow brackets without end."""

MAX_REPAIRED_CHARACTERS = 20_000
_MAX_OPENED = 1_500
"""Repairing takes time by the square of what is broken: a longer answer has to be whole."""

_FENCED = re.compile(r"```[a-zA-Z0-9_-]*[ \t]*\n(.*?)```", re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")
_MAX_ERRORS = 3
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """There is no answer in it."""

    wrong: str
    """What is wrong, for the record and for the model that is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed(Generic[Answer]):
    """An answer of the right form that passed the question's own check."""

    answer: Answer


def parse(
    text: str, question: Question[Answer], replaced: Mapping[str, str] = _NOTHING
) -> Parsed[Answer] | Unusable:
    """Return the answer that a text holds: as it is, in a fence, in prose, or half broken.

    Only the fields of the answer's class are taken, whatever else the text holds. What was hidden
    in the question (``replaced``) is back in the answer, and in no sentence on what is wrong.
    """
    if len(text) > MAX_ANSWER_CHARACTERS:
        return Unusable(wrong=f"the answer is longer than {MAX_ANSWER_CHARACTERS} characters")
    if not text.strip():
        return Unusable(wrong="the answer is empty")
    document = _document(text)
    if document is None:
        return Unusable(wrong="the answer holds no JSON object")
    try:
        # Through JSON once more: strict there means what the schema says, such as lists.
        answer = TypeAdapter(question.answer).validate_json(json.dumps(document), strict=True)
    except (ValidationError, ValueError) as error:
        return Unusable(wrong=_told(error))
    whole = restored(answer, replaced)
    if isinstance(whole, Misplaced):
        return Unusable(wrong=whole.reason)
    wrong = question.check(whole)
    return Parsed(answer=whole) if wrong is None else Unusable(wrong=cover(wrong, replaced))


def _document(text: str) -> dict[str, Any] | None:
    candidates = [text.strip(), *(found.strip() for found in _FENCED.findall(text))]
    start, end = text.find("{"), text.rfind("}")
    if 0 <= start < end:
        candidates.append(text[start : end + 1])
    for candidate in candidates:
        document = _loaded(candidate)
        if document is not None:
            return document
    if start < 0 or not _is_repairable(text):
        return None
    # `stream_stable` leaves the ends of strings as they are: an edit may end in a line's end.
    try:
        repaired = repair_json(
            text[start:], return_objects=True, skip_json_loads=True, stream_stable=True
        )
    except (ValueError, RecursionError):
        return None
    return repaired if isinstance(repaired, dict) and repaired else None


def _loaded(text: str) -> dict[str, Any] | None:
    if _depth(text) > _MAX_DEPTH:
        return None
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _is_repairable(text: str) -> bool:
    opened = text.count("{") + text.count("[")
    return (
        len(text) <= MAX_REPAIRED_CHARACTERS
        and opened <= _MAX_OPENED
        and _depth(text) <= _MAX_DEPTH
    )


def _depth(text: str) -> int:
    """Return about how deep brackets nest; closing ones in strings can make it seem less."""
    depth = deepest = 0
    for found in _BRACKETS.finditer(text):
        depth += 1 if found[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _told(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "the answer holds what JSON cannot say"
    parts = [
        f"{'.'.join(str(part) for part in one['loc']) or 'the answer'}: {one['msg']}"
        for one in error.errors(include_url=False, include_input=False)[:_MAX_ERRORS]
    ]
    return "; ".join(parts)
