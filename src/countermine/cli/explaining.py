"""Shows everything that is known of a case, and where the user wants it a model's words beside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from countermine.cli.asking import model_for
from countermine.cli.config import find_configuration
from countermine.cli.outputs import say
from countermine.cli.recalling import Recalled
from countermine.cli.surroundings import terminal, user_configuration
from countermine.core.cases import Case
from countermine.core.errors import BadUsageError
from countermine.core.spans import TreePath
from countermine.loop.cases import case_with
from countermine.loop.explaining import Explained, NotExplained, explained
from countermine.loop.prefix import as_run
from countermine.loop.records import ModelTerms
from countermine.loop.sources import CHANGED, as_searched
from countermine.report.explain import explain_case, explain_in_words
from countermine.report.styled import Line, plain, wrapped
from countermine.report.wording import safe


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """That a model is to be asked, too."""

    config: Path | None
    """The file that names it; ``None`` for the user's own."""


def show_case(found: Recalled, words: Words | None, *, no_color: bool) -> None:
    """Print a case of a run.

    Raises:
        BadUsageError: If a model is wanted, and none is configured.
    """
    screen = terminal(no_color=no_color)
    shown = as_searched(as_run(found.record), found.record.opened, found.folder)
    bare = case_with(found.finding, None)
    case = next((case for case in shown.run.cases if case.id == bare.id), bare)
    lines = explain_case(shown.run, case, shown.texts, width=screen.width, room=screen.room)
    say(lines, no_color=no_color)
    if CHANGED in shown.run.notes:
        say(((), *wrapped(f"Note: {CHANGED}", screen.width)), no_color=no_color)
    if words is not None:
        answer = _asked(found, words, case, lines, shown.texts)
        say(_shown(answer, screen.width), no_color=no_color)


def _asked(
    found: Recalled,
    words: Words,
    case: Case,
    lines: tuple[Line, ...],
    texts: Mapping[TreePath, bytes],
) -> Explained | NotExplained:
    configured = find_configuration(None, words.config, user_configuration())
    if configured.models_origin is None:
        message = "--model needs a model, and no model is configured; docs/models.md says how"
        raise BadUsageError(message)
    terms = ModelTerms(origin=str(configured.models_origin.absolute()))
    request = replace(found.record.request, models=terms)
    with model_for(request, found.folder, resumed=False) as model:
        return explained(case, plain(lines), texts, model)


def _shown(answer: Explained | NotExplained, width: int) -> tuple[Line, ...]:
    if isinstance(answer, NotExplained):
        said = f"No model put it into words: {safe(answer.reason)}"
        return ((), *wrapped(said, width))
    return explain_in_words(answer.words, answer.model, width=width)
