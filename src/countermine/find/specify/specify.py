"""The task *specify*: rows of the catalogue for libraries that a target uses and nobody described.

The rows are checked against the library's code, kept for its version, and used by the same search
that every other row is used by. None of them can say that something is harmless, and what the
search finds without them stands whatever they say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from countermine.catalogue.schema import Catalogue
from countermine.core.models import Lack
from countermine.core.spans import TreePath
from countermine.core.weakness import WeaknessFacts
from countermine.find.flows import deep
from countermine.find.hypotheses.hypothesise import FOR_GOOD
from countermine.find.hypotheses.words import model_name
from countermine.find.request import FindRequest
from countermine.find.specify.asking import SaidRows, question
from countermine.find.specify.checking import every, refusal
from countermine.find.specify.libraries import Library, located
from countermine.find.specify.rows import document
from countermine.find.specify.showing import shown
from countermine.find.specify.survey import Use, used
from countermine.flow.engine import FlowEngine
from countermine.flow.index import Project
from countermine.ports.model import Answered, Model
from countermine.ports.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntLibrary:
    """What a model said of one version of a library, checked."""

    library: str
    version: str
    """Empty where it cannot be told: such rows hold for one run."""
    model: str
    rows: Mapping[str, object]
    """As a document of the catalogue; empty where the model saw nothing to describe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specified:
    """What came of asking about libraries."""

    learnt: tuple[LearntLibrary, ...] = ()
    """Those that were kept from earlier and those that are new, by name."""
    fresh: tuple[LearntLibrary, ...] = ()
    """The new ones among them."""
    undone: tuple[Lack, str] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecifyRequest:
    """A target, and where the libraries that it uses may be found."""

    search: FindRequest
    texts: Mapping[TreePath, bytes]
    """The files that count."""
    folders: tuple[Path, ...]
    """Folders of installed packages; empty where there is no environment."""
    kept: tuple[LearntLibrary, ...] = ()
    """What models said in earlier runs."""
    ask: bool = True
    """False to use what was kept, and ask nobody."""


def specify(request: SpecifyRequest, model: Model, progress: Progress) -> Specified:
    """Return rows for the libraries that a target uses and that no row describes."""
    search = request.search
    paths = sorted(request.texts)
    project = Project([(path, True) for path in paths], request.texts.get, search.bounds.nesting)
    engine = FlowEngine(project, search.catalogue, search.bounds)
    with deep():
        uses = used(engine, paths)
    progress.stage("specify", len(uses))
    made = _Made(request, model)
    for use in uses:
        progress.step(use.library)
        with deep():
            made.take(use, located(use.library, request.folders))
    learnt = tuple(sorted(made.learnt, key=lambda one: one.library))
    return Specified(
        learnt=learnt, fresh=tuple(made.fresh), undone=made.undone, notes=tuple(made.notes)
    )


def kinds_of(weaknesses: Sequence[WeaknessFacts]) -> dict[str, str]:
    """Return the kinds of sinks, each with the weakness that it makes."""
    return {kind: facts.title for facts in reversed(weaknesses) for kind in facts.sink_kinds}


class _Made:
    """What is known so far."""

    def __init__(self, request: SpecifyRequest, model: Model) -> None:
        self._request, self._model = request, model
        self._kinds = kinds_of(request.search.weaknesses)
        self.learnt: list[LearntLibrary] = []
        self.fresh: list[LearntLibrary] = []
        self.notes: list[str] = []
        self.undone: tuple[Lack, str] | None = None

    def take(self, use: Use, library: Library | None) -> None:
        """Take what was kept of a library, or ask about it."""
        kept = self._kept(use.library, library)
        if kept is not None:
            self.learnt.append(kept)
            return
        if not self._request.ask:
            return
        if library is None:
            self.notes.append(f"nothing was asked about {use.library}: its code is not here")
        elif self.undone is None or self.undone[0] not in FOR_GOOD:
            self._ask(use, library)

    def _kept(self, name: str, library: Library | None) -> LearntLibrary | None:
        """Return what was kept for a library's version; the latest where no version is known."""
        known = [one for one in self._request.kept if one.library == name]
        if library is not None and library.version:
            return next((one for one in known if one.version == library.version), None)
        if library is not None or self._request.ask or not known:
            return None
        last = max(known, key=lambda one: one.version)
        self.notes.append(
            f"the rows that {last.model} gave for {name} {last.version} are used; which version "
            "the target uses is not known"
        )
        return last

    def _ask(self, use: Use, library: Library) -> None:
        definitions = shown(library, use)
        if not definitions:
            return
        catalogue: Catalogue = self._request.search.catalogue

        def check(said: SaidRows) -> str | None:
            wrong = [refusal(row, library, catalogue, self._kinds) for row in every(said)]
            return wrong[0] if wrong and all(wrong) else None

        answer = self._model.ask(question(use, definitions, self._kinds, check))
        if not isinstance(answer, Answered):
            self.undone = (answer.lack, answer.reason)
            self.notes.append(f"nobody described {use.library}: {answer.reason}")
            return
        said = every(answer.answer)
        good = [row for row in said if refusal(row, library, catalogue, self._kinds) is None]
        one = LearntLibrary(
            library=library.name,
            version=library.version,
            model=model_name(answer.model),
            rows=document(good),
        )
        self.learnt.append(one)
        self.fresh.append(one)
        if len(good) < len(said):
            self.notes.append(
                f"rows that {one.model} gave for {library.name} and that its code does not bear "
                f"out: {len(said) - len(good)} dropped"
            )
