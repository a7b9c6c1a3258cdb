"""Drives small targets and judges what was seen."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from countermine.core.entrypoints import EntryPoint
from countermine.core.environment import Environment
from countermine.core.findings import Finding, FindingStatus
from countermine.core.levels import Confidence
from countermine.core.spans import Span, tree_path
from countermine.core.weakness import Fingerprint
from countermine.core.witnesses import Effect, Observation, Stimulus, Witness
from countermine.ports.sandbox import Sandbox
from countermine.prove.drive.drive import drive
from countermine.prove.drive.request import DriveRequest
from countermine.weaknesses.facts_index import ALL_FACTS
from tests.weaknesses.makers import MAKERS
from tests.weaknesses.witness_targets import Target


def finding_of(target: Target, source: str) -> Finding:
    facts = next(known for known in ALL_FACTS if known.id == target.weakness)
    path = tree_path("app.py")
    entry = EntryPoint(
        kind=target.kind,
        path=path,
        qualname=target.qualname,
        channel=target.channel,
        key=target.key,
    )
    start = source.find(target.place)
    end = start + len(target.place) if target.place else len(source)
    return Finding(
        weakness=facts.id,
        cwe=facts.cwe,
        location=Span(path=path, start_byte=start, end_byte=end),
        function=target.function or target.qualname,
        sink=target.sink,
        message="as the test says",
        severity=facts.severity,
        confidence=Confidence.HIGH,
        status=FindingStatus.TRACED,
        entry=entry,
        fingerprint=Fingerprint(hashlib.sha256(target.name.encode()).hexdigest()),
    )


class Bench:
    """Drives targets of a test in one environment."""

    def __init__(self, folder: Path, environment: Environment, sandbox: Sandbox) -> None:
        self._folder = folder
        self._environment = environment
        self._sandbox = sandbox

    def run(
        self,
        target: Target,
        source: str,
        most: int | None = None,
        more: Callable[[Witness], Sequence[Stimulus]] | None = None,
    ) -> tuple[Sequence[Effect], Observation, tuple[Observation, ...]]:
        """Return the effects of the attacks, the benign observation, and all observations.

        ``most`` is how many attacks are driven, from the first; ``more`` makes others to be
        driven in their place.
        """
        tree = self._folder / hashlib.sha256(source.encode()).hexdigest()[:12]
        tree.mkdir(exist_ok=True)
        (tree / "app.py").write_text(source)
        maker = MAKERS[target.weakness]
        # The witness is made before there is a patch.
        before = target.flawed
        made = maker.make(finding_of(target, before), {tree_path("app.py"): before.encode()})
        assert isinstance(made, Witness), made
        chosen = made.attacks[:most] if more is None else more(made)
        request = DriveRequest(
            witness=made,
            stimuli=(*made.controls, *chosen),
            tree=tree,
            environment=self._environment,
            sandbox=self._sandbox,
        )
        seen = drive(request)
        benign, attacks = seen[0], seen[len(made.controls) :]
        effects = [
            maker.judge(made, stimulus, one, benign)
            for stimulus, one in zip(chosen, attacks, strict=True)
        ]
        return effects, benign, seen
