"""Asks a model for a patch and turns its answer into one, or into why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass

from countermine.core.errors import BadUsageError
from countermine.core.models import Lack
from countermine.core.patches import Patch, PatchOrigin
from countermine.core.spans import TreePath
from countermine.fix.replacing import Authorship, Replacement, patch_of
from countermine.fix.suggest.question import (
    MOST_EDITS,
    SaidPatch,
    SuggestRequest,
    patch_question,
)
from countermine.fix.suggest.subject import subject_of
from countermine.ports.model import Model, Unanswered


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A model's patch."""

    patch: Patch
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSuggested:
    """There is no patch of a model."""

    lack: Lack
    reason: str


def suggest(request: SuggestRequest, model: Model) -> Suggested | NotSuggested:
    """Return the patch that a model makes for a case.

    Nothing but edits is taken from the answer, and only edits of files that the model was shown.
    """
    shown = request.texts

    def check(said: SaidPatch) -> str | None:
        made = _patch(said, shown, author="a model")
        return made if isinstance(made, str) else None

    reply = model.ask(patch_question(request, check))
    if isinstance(reply, Unanswered):
        return NotSuggested(lack=reply.lack, reason=reply.reason)
    made = _patch(reply.answer, shown, author=reply.model)
    if isinstance(made, str):
        return NotSuggested(lack=Lack.UNUSABLE, reason=made)
    return Suggested(patch=made, model=reply.model)


def _patch(said: SaidPatch, texts: Mapping[TreePath, bytes], *, author: str) -> Patch | str:
    """Return the patch that the edits of an answer make, or in one sentence why there is none."""
    if not said.edits:
        return "there is no edit in it"
    if len(said.edits) > MOST_EDITS:
        return f"more than {MOST_EDITS} edits are no fix of one weakness"
    replacements = [
        Replacement(path=edit.path, old=edit.search, new=edit.replace) for edit in said.edits
    ]
    summary = subject_of(said.summary)
    whose = Authorship(origin=PatchOrigin.MODEL, author=author, summary=summary)
    try:
        return patch_of(replacements, texts.get, whose)
    except BadUsageError as error:
        return str(error)
