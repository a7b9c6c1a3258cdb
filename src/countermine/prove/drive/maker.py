"""A witness maker out of two functions: what to feed, and what shows the effect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.core.witnesses import Effect, NoWitness, Observation, Stimulus, Unclear, Witness
from countermine.prove.drive.making import Plan, witness
from countermine.prove.drive.silence import judged


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMaker:
    """Makes witnesses by a plan; what they show is for one function to say."""

    plan: Callable[[Finding, Mapping[TreePath, bytes]], Plan]
    shown: Callable[[Witness, Observation, Observation], str | Unclear | None]
    """Returns the evidence that ``seen``, against ``benign``, shows the effect, or ``None``.

    ``Unclear`` is for what holds the canary and has nothing benign to be compared with.
    """

    def make(self, finding: Finding, texts: Mapping[TreePath, bytes]) -> Witness | NoWitness:
        """Return the witness for a finding."""
        return witness(finding, texts, self.plan(finding, texts))

    def judge(
        self,
        witness: Witness,
        stimulus: Stimulus,  # noqa: ARG002 - every attack is judged by its effect alone
        seen: Observation,
        benign: Observation,
    ) -> Effect:
        """Say whether ``seen`` shows the effect, against what the benign probe showed."""
        answer = self.shown(witness, seen, benign)
        return answer if isinstance(answer, Unclear) else judged(answer, seen, benign)
