"""A target written on the spot, and models that say what a test wants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from countermine.catalogue.loader import load
from countermine.core.findings import Finding
from countermine.core.inventory import FileRole, Inventory, SourceFile
from countermine.core.models import Lack
from countermine.core.spans import tree_path
from countermine.find.flows import find_flows
from countermine.find.hypotheses.asking import SaidClaim, SaidClaims
from countermine.find.hypotheses.hypothesise import Hypotheses, HypothesisRequest, hypothesise
from countermine.find.request import FindRequest
from countermine.ports.model import Answer, Answered, Model, Question, Unanswered
from countermine.ports.progress import Silent
from countermine.weaknesses.facts_index import looked_for


@dataclass
class SaysClaims:
    """Claims the same of every piece, and remembers what it was asked."""

    claims: tuple[SaidClaim, ...]
    name: str = "guess-1"
    asked: list[Question[object]] = field(default_factory=list)
    wrong: list[str | None] = field(default_factory=list)

    def ask(self, question: Question[Answer]) -> Answered[Answer] | Unanswered:
        self.asked.append(question)  # type: ignore[arg-type]  # of any kind
        answer = SaidClaims(claims=self.claims)
        self.wrong.append(question.check(answer))  # type: ignore[arg-type]  # of this kind
        return Answered(answer=answer, model=self.name, calls=())  # type: ignore[arg-type]  # so


@dataclass
class IsGoneAfter:
    """Answers so many questions with nothing, and is withdrawn then."""

    answers: int
    asked: int = 0

    def ask(self, question: Question[Answer]) -> Answered[Answer] | Unanswered:
        del question
        self.asked += 1
        if self.asked > self.answers:
            return Unanswered(lack=Lack.GONE, reason="the model was withdrawn")
        empty = SaidClaims(claims=())
        return Answered(answer=empty, model="guess-1", calls=())  # type: ignore[arg-type]  # so


@dataclass(frozen=True)
class Target:
    """A tree that was searched."""

    request: HypothesisRequest
    found: tuple[Finding, ...]

    def hypotheses(self, model: Model) -> Hypotheses:
        return hypothesise(self.request, model, Silent())


Write = Callable[[Mapping[str, str]], Target]


@pytest.fixture
def searched(tmp_path: Path) -> Write:
    def search(files: Mapping[str, str]) -> Target:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        sources = tuple(
            SourceFile(path=tree_path(name), size_bytes=len(text), role=FileRole.SOURCE)
            for name, text in sorted(files.items())
        )
        inventory = Inventory(root=str(tmp_path), files=sources, skipped=())
        request = FindRequest(inventory=inventory, catalogue=load(), weaknesses=looked_for(()))
        result = find_flows(request, Silent())
        return Target(
            request=HypothesisRequest(
                search=request,
                texts={tree_path(name): text.encode() for name, text in files.items()},
                coverage=result.coverage,
                known=result.findings,
            ),
            found=result.findings,
        )

    return search
