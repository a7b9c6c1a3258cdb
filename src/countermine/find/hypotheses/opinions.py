"""The task *judge a trace*: a model may move the confidence by one step, and nothing else."""

from dataclasses import dataclass, replace
from typing import Literal

from countermine.core.findings import Finding, Opinion
from countermine.core.levels import Confidence
from countermine.core.models import Lack, ModelTask
from countermine.find.hypotheses.words import model_name, one_sentence
from countermine.ports.model import Answered, Material, Model, Question

INSTRUCTION = """\
An analysis followed a value from where it enters to a dangerous call. The trace and the code are \
shown. Say whether the trace looks right: whether the value can really arrive there, in a form \
that does harm. The answer is an object with

- way: "raise" if you see why it is surely right, "lower" if you see why it is likely wrong, \
"keep" otherwise;
- reason: one sentence that points at the code.

Your answer moves the confidence by one step at most. It takes nothing away.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOpinion:
    """What a model says of a trace."""

    way: Literal["raise", "lower", "keep"]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOpinion:
    """Nobody said anything that could be used."""

    lack: Lack
    reason: str


def opinion(
    case: str, finding: Finding, material: tuple[Material, ...], model: Model
) -> Opinion | NoOpinion | None:
    """Ask about a trace; ``None`` where the confidence stays as it is.

    Args:
        case: Id of the finding's case.
        finding: What was found.
        material: Its trace and code.
        model: Who is asked.
    """
    answer = model.ask(
        Question(
            task=ModelTask.JUDGE,
            case=case,
            instruction=INSTRUCTION,
            material=material,
            answer=SaidOpinion,
            check=lambda said: None if one_sentence(said.reason) else "the reason is missing",
            answer_tokens=400,
        )
    )
    if not isinstance(answer, Answered):
        return NoOpinion(lack=answer.lack, reason=answer.reason)
    said = answer.answer
    reason, after = one_sentence(said.reason), moved(finding.confidence, said.way)
    beyond = finding.proposed_by is not None and after.rank > Confidence.MEDIUM.rank
    if reason is None or after is finding.confidence or beyond:
        # That a model claims it and a model believes it is not two reasons.
        return None
    return Opinion(
        model=model_name(answer.model), before=finding.confidence, after=after, reason=reason
    )


def moved(confidence: Confidence, way: str) -> Confidence:
    """Return the confidence one step up or down, if there is such a step."""
    steps = list(Confidence)
    change = {"raise": 1, "lower": -1}.get(way, 0)
    return steps[min(max(confidence.rank + change, 0), len(steps) - 1)]


def with_opinion(finding: Finding, said: Opinion | None) -> Finding:
    """Return a finding with its confidence as an opinion moves it, and all else as it was."""
    if said is None or abs(said.after.rank - finding.confidence.rank) != 1:
        return finding
    return replace(finding, confidence=said.after, opinion=said)
