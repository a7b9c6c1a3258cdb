"""The task *hypothesise*: from code that the search could say little of, to findings.

A hypothesis stands only with a place that exists, a weakness that is known and a reason. It begins
as *suspected*, of low confidence; a trace of the search's own takes its place where one is found.
It takes nothing from what the search found by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from countermine.catalogue.joining import joined
from countermine.catalogue.schema import Rows
from countermine.core.coverage import CoverageRecord
from countermine.core.findings import Finding
from countermine.core.models import Lack
from countermine.core.spans import TreePath
from countermine.find.flows import deep
from countermine.find.hypotheses.asking import MOST_CLAIMS, SaidClaim, SaidClaims, question
from countermine.find.hypotheses.climbing import Guess, climbed, parsed, rows_of, searched_again
from countermine.find.hypotheses.pieces import PIECE_TOKENS, Cut, Piece, cut
from countermine.find.hypotheses.placing import NO_CALL, Placed, finding, is_known, placed, resolved
from countermine.find.hypotheses.ranking import ranked
from countermine.find.hypotheses.words import model_name
from countermine.find.request import FindRequest
from countermine.flow.engine import FlowEngine
from countermine.flow.index import Project
from countermine.ports.model import Answered, Model
from countermine.ports.progress import Progress

FOR_GOOD = frozenset({Lack.NO_MODEL, Lack.GONE, Lack.OVER_BUDGET})
"""Lacks that the next question would meet, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisRequest:
    """A search that is over, and what may be asked about it."""

    search: FindRequest
    """As it was searched, with the project's own rows in the catalogue."""
    texts: Mapping[TreePath, bytes]
    """The files that count."""
    coverage: CoverageRecord
    known: tuple[Finding, ...]
    """What was found, whether it is set aside or not."""
    own_rows: Rows | None = None
    """The project's own rows."""
    learnt: Rows | None = None
    """Rows that a model gave, and that were checked."""
    piece_tokens: int = PIECE_TOKENS


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypotheses:
    """What came of asking."""

    findings: tuple[Finding, ...] = ()
    rows: dict[str, object] = field(default_factory=dict)
    """The rows that traces of them rest on, as a document of the catalogue."""
    undone: tuple[Lack, str] | None = None
    """Why not everything was asked about that should have been, and a sentence on it."""
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Asked:
    """What was said so far."""

    request: HypothesisRequest
    claims: list[tuple[Placed, str]] = field(default_factory=list)
    dropped: int = 0
    unanswered: int = 0
    undone: tuple[Lack, str] | None = None

    def place(self, claim: SaidClaim, piece: Piece) -> Placed | str:
        """Return the place of a claim, or why it has none."""
        request = self.request
        weaknesses = {str(facts.id): facts for facts in request.search.weaknesses}
        return placed(claim, piece, request.texts[piece.path], weaknesses)

    def take(self, said: SaidClaims, model: str, piece: Piece) -> None:
        """Keep the claims that have a place of which nothing is known."""
        for claim in said.claims[:MOST_CLAIMS]:
            place = self.place(claim, piece)
            if isinstance(place, str) or is_known(place, self.request.known):
                self.dropped += 1
            else:
                self.claims.append((place, model))
        self.dropped += max(0, len(said.claims) - MOST_CLAIMS)


def hypothesise(request: HypothesisRequest, model: Model, progress: Progress) -> Hypotheses:
    """Ask where flaws may be that the search cannot see, and keep what has a place."""
    search = request.search
    counts = sorted(request.texts)
    project = Project([(path, True) for path in counts], request.texts.get, search.bounds.nesting)
    engine = FlowEngine(project, search.catalogue, search.bounds)
    with deep():
        candidates = ranked(engine, counts, request.coverage.entries)
    plan = cut(candidates, request.texts, piece_tokens=request.piece_tokens)
    asked = _ask(request, plan, model, progress)
    guesses = _guesses(asked, project)
    own = project.names.roots()
    document = rows_of(guesses, search.catalogue, own)
    found: tuple[Finding, ...] = ()
    if document:
        learnt = joined(request.learnt, parsed(document))
        found = searched_again(search, request.own_rows, learnt)
    findings = _findings(guesses, found, request)
    return Hypotheses(
        findings=findings,
        rows=document,
        undone=asked.undone,
        notes=_notes(plan, asked, len(findings)),
    )


def _ask(request: HypothesisRequest, plan: Cut, model: Model, progress: Progress) -> _Asked:
    asked = _Asked(request=request)
    progress.stage("asking a model", len(plan.pieces))
    for number, piece in enumerate(plan.pieces):

        def refusal(claim: SaidClaim, piece: Piece = piece) -> str | None:
            place = asked.place(claim, piece)
            return place if isinstance(place, str) else None

        answer = model.ask(question(piece, request.search.weaknesses, refusal))
        progress.step(piece.path)
        if isinstance(answer, Answered):
            asked.take(answer.answer, model_name(answer.model), piece)
            continue
        asked.undone = asked.undone or (answer.lack, answer.reason)
        if answer.lack in FOR_GOOD:
            asked.unanswered += len(plan.pieces) - number
            asked.undone = (answer.lack, answer.reason)
            break
        asked.unanswered += 1
    return asked


def _guesses(asked: _Asked, project: Project) -> tuple[Guess, ...]:
    """Return each claim once, in an order that does not depend on who was asked first."""
    found: dict[tuple[object, ...], Guess] = {}
    for claim, model in asked.claims:
        module = project.module(claim.line.path)
        sink = NO_CALL
        if claim.written is not None and module is not None:
            sink = resolved(module, claim.written)
        key = (claim.line.path, claim.line.start_byte, str(claim.facts.id))
        found.setdefault(key, Guess(claim=claim, sink=sink, model=model))
    return tuple(found[key] for key in sorted(found, key=str))


def _findings(
    guesses: Sequence[Guess], found: Sequence[Finding], request: HypothesisRequest
) -> tuple[Finding, ...]:
    known = {one.fingerprint for one in request.known}
    kept: dict[str, Finding] = {}
    for guess in guesses:
        traced = climbed(guess, found)
        text = request.texts[guess.claim.line.path]
        one = traced or finding(guess.claim, guess.sink, guess.model, text)
        if one.fingerprint not in known:
            kept.setdefault(one.fingerprint, one)
    return tuple(kept.values())


def _notes(plan: Cut, asked: _Asked, kept: int) -> tuple[str, ...]:
    """Return what a reader must know: how much was asked, and how little of it was believed."""
    pieces = len(plan.pieces)
    asked_about = f"{pieces - asked.unanswered} of {pieces} pieces of code"
    stand = f"{kept} of its suspicions stand" if kept != 1 else "one of its suspicions stands"
    notes = [f"a model was asked about {asked_about} that the search could say little of; {stand}"]
    if asked.dropped:
        notes.append(
            "suspicions of a model that were dropped (no such place, no such weakness, no reason, "
            f"or known before): {asked.dropped}"
        )
    left = plan.too_long + plan.beyond
    if left:
        notes.append(
            "functions that were not asked about (too long for a question, or beyond the bound "
            f"on questions): {left}"
        )
    if asked.undone is not None:
        notes.append(f"not all questions were answered: {asked.undone[1]}")
    return tuple(notes)
