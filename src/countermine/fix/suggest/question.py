"""The question for a patch, and the form of its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from countermine.core.cases import case_id
from countermine.core.findings import Finding
from countermine.core.models import ModelTask
from countermine.core.patches import Patch
from countermine.core.spans import TreePath
from countermine.core.verdicts import GateOutcome, Inconclusive, Verdict
from countermine.core.weakness import WeaknessFacts
from countermine.fix.suggest.material import code_of, trace_of
from countermine.ports.model import Material, Question

MOST_EDITS = 12
MOST_EVIDENCE = 3_000
"""Characters of what a gate saw that are shown."""
MOST_DIFF = 3_000
"""Characters of an earlier patch that are shown."""

INSTRUCTION = """\
Fix the weakness {weakness} ({title}) that the material shows, with the smallest change that ends \
it for every input, and keep what the code is for working as it does.

What can go wrong: {consequence}
What is usually done: {advice}

Answer with edits. Each one names a file by its path as given, a text "search" that stands in \
that file exactly once and is copied from it to the letter (take as many lines as make it the only \
one), and the text "replace" that takes its place. Touch only files that are shown, no tests, no \
configuration. Do not delete the feature, do not hide the error, do not treat single inputs \
specially: the patch is judged by attacks that you do not see, by legitimate uses, and by the \
project's own tests. "summary" is the subject of a commit message, imperative, below 70 characters.

{approach}
"""

_ANOTHER = "Take another way than the patches that are shown, if any are."

APPROACHES = (
    "Fix it where the harm is done: at the dangerous call.",
    f"Fix it where the value comes in: refuse there what is not legitimate. {_ANOTHER}",
    f"Put what cannot do the harm in the place of the dangerous construct. {_ANOTHER}",
)
"""How candidates are made to differ: each is asked for in another way, and shown the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidEdit:
    """One edit of an answer."""

    path: str
    search: str
    replace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidPatch:
    """The answer: edits that make the patch."""

    edits: tuple[SaidEdit, ...]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A patch that a model made for the same case, and what the gates said of it."""

    patch: Patch
    verdict: Verdict | None
    """``None`` where it is not judged yet: it is shown so that the next one differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestRequest:
    """A case that a patch is wanted for."""

    finding: Finding
    facts: WeaknessFacts
    texts: Mapping[TreePath, bytes]
    """Content of at least every file of the finding's trace."""
    earlier: tuple[Earlier, ...] = ()
    """In the order in which they were made."""
    candidate: int = 1
    """Which of the candidates of its round, from 1."""


def patch_question(
    request: SuggestRequest, check: Callable[[SaidPatch], str | None]
) -> Question[SaidPatch]:
    """Return the question for a patch.

    Args:
        request: The case.
        check: Says why the edits of an answer make no patch, or ``None``.
    """
    facts = request.facts
    instruction = INSTRUCTION.format(
        weakness=facts.id,
        title=facts.title,
        consequence=facts.consequence,
        advice=facts.advice,
        approach=APPROACHES[(request.candidate - 1) % len(APPROACHES)],
    )
    material = (
        trace_of(request.finding, request.texts),
        *code_of(request.finding, request.texts),
        *(part for earlier in request.earlier for part in _shown(earlier)),
    )
    return Question(
        task=ModelTask.PATCH,
        case=case_id(request.finding),
        instruction=instruction,
        material=material,
        answer=SaidPatch,
        check=check,
    )


def _shown(earlier: Earlier) -> tuple[Material, ...]:
    """Return an earlier patch as its edits, and what the gate that stopped it saw."""
    edits = "\n".join(
        f"in {edit.span.path}\n--- search\n{edit.before}\n--- replace\n{edit.after}"
        for edit in earlier.patch.edits
    )
    if earlier.verdict is None:
        return (Material(title="another patch for the same weakness", text=edits[:MOST_DIFF]),)
    became = "left open" if isinstance(earlier.verdict, Inconclusive) else "refused"
    return (
        Material(title=f"a patch that was {became}", text=edits[:MOST_DIFF]),
        Material(title=f"why it was {became}", text=_evidence(earlier.verdict)),
    )


def _evidence(verdict: Verdict) -> str:
    lines = [f"verdict: {verdict.kind}"]
    for gate in verdict.gates:
        if gate.outcome in {GateOutcome.FAILED, GateOutcome.INCONCLUSIVE}:
            lines.append(f"gate {gate.gate.name.lower()}: {gate.reason}")
            lines += [f"{piece.title}: {piece.text}" for piece in gate.evidence]
    return "\n".join(lines)[:MOST_EVIDENCE]
