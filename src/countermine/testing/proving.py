"""For tests of the ladder: scripted drives, detectors and makers, and small real targets."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import (
    BuiltEnvironment,
    Environment,
    NoTests,
    TestPlan,
    TestRunner,
)
from countermine.core.findings import Finding
from countermine.core.knowledge import Weakness
from countermine.core.levels import Severity
from countermine.core.patches import Edit, NewFile, Patch, PatchOrigin
from countermine.core.regressions import RegressionMaker
from countermine.core.spans import Span, TreePath, tree_path
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId
from countermine.core.witnesses import (
    Absent,
    Effect,
    Event,
    Input,
    NoWitness,
    Observation,
    Shown,
    Stimulus,
    Unclear,
    Witness,
    WitnessKind,
)
from countermine.ports.sandbox import Exited, Sandbox, SandboxCommand, SandboxOutcome
from countermine.prove.options import ProveOptions
from countermine.prove.setting import Detector, Drive, Setting
from countermine.testing.clocks import StillClock

FACTS = WeaknessFacts(
    id=WeaknessId("code-injection"),
    cwe=Cwe(95),
    title="Code injection",
    summary="A value from outside is evaluated as code.",
    consequence="run code",
    advice="Parse it.",
    sink_kinds=("code",),
    severity=Severity.CRITICAL,
)
"""Facts of a weakness, for tests that do not care which."""


def seen(
    stimulus: str,
    *events: str,
    result: str | None = "'fine'",
    error: str | None = None,
    probes_held: bool = True,
    closed: bool = True,
    reached: bool = True,
) -> Observation:
    """Return a good observation, but for what is said."""
    return Observation(
        stimulus=stimulus,
        events=tuple(
            Event(sequence=number, name=name, detail=()) for number, name in enumerate(events)
        ),
        probes_held=probes_held,
        closed=closed,
        reached=reached,
        result=result,
        error=error,
    )


Answer = Callable[[Path, Stimulus], Observation | None]
"""What a scripted drive sees of a stimulus on a tree; ``None`` to say nothing of it."""


@dataclass(slots=True)
class ScriptedDrive:
    """Answers drives as it was told, and keeps what it was asked."""

    answer: Answer
    asked: list[tuple[Path, tuple[str, ...]]] = field(default_factory=list)

    def __call__(
        self, tree: Path, _witness: Witness, stimuli: tuple[Stimulus, ...]
    ) -> Sequence[Observation]:
        """Return the answers, those that are ``None`` left out."""
        self.asked.append((tree, tuple(one.name for one in stimuli)))
        answers = [self.answer(tree, one) for one in stimuli]
        return [one for one in answers if one is not None]


@dataclass(frozen=True, slots=True)
class EventMaker:
    """Judges by events: ``effect`` is shown, ``doubt`` is unclear, anything else is absent."""

    def make(self, finding: Finding, texts: object) -> Witness | NoWitness:  # noqa: ARG002
        """Return none: tests bring their own."""
        return NoWitness(reason="made by the test")

    def judge(
        self,
        witness: Witness,  # noqa: ARG002
        stimulus: Stimulus,  # noqa: ARG002
        seen: Observation,
        benign: Observation,  # noqa: ARG002
    ) -> Effect:
        """Return what the events say."""
        names = [event.name for event in seen.events]
        if "effect" in names:
            return Shown(evidence="the canary ran")
        if "doubt" in names:
            return Unclear(reason="the events contradict each other")
        return Absent()


def weakness(regression: RegressionMaker | None = None) -> Weakness:
    """Return a weakness that is judged by events."""
    return Weakness(facts=FACTS, remedies=(), witness=EventMaker(), regression=regression)


def stimulus(name: str, text: str, *, key: str = "text") -> Stimulus:
    """Return a stimulus with one parameter."""
    value = Input(channel=Channel.PARAMETER, key=key, text=text)
    return Stimulus(name=name, inputs=(value,))


def witness_for(
    finding: Finding,
    *,
    attacks: tuple[Stimulus, ...] = (stimulus("call", "__import__('os').getcwd()"),),
    controls: tuple[Stimulus, ...] = (stimulus("sum", "1 + 1"),),
    kind: WitnessKind = WitnessKind.EFFECT,
) -> Witness:
    """Return a witness that drives the finding's entry point."""
    entry = finding.entry or EntryPoint(
        kind=EntryKind.FUNCTION,
        path=finding.location.path,
        qualname=finding.function,
        channel=Channel.PARAMETER,
        key="text",
    )
    return Witness(
        weakness=finding.weakness,
        fingerprint=finding.fingerprint,
        kind=kind,
        entry=entry,
        sink=finding.sink,
        attacks=attacks,
        controls=controls,
    )


def rewrite(
    path: str, before: bytes, old: str, new: str, *, origin: PatchOrigin = PatchOrigin.REMEDY
) -> Patch:
    """Return the patch that replaces the first ``old`` in a file by ``new``."""
    start = before.index(old.encode())
    span = Span(path=tree_path(path), start_byte=start, end_byte=start + len(old.encode()))
    return Patch(
        edits=(Edit(span=span, before=old, after=new),),
        origin=origin,
        author="test",
        summary="Change it",
    )


def adding(path: str, text: str, *, origin: PatchOrigin = PatchOrigin.REMEDY) -> Patch:
    """Return the patch that adds a file."""
    return Patch(
        edits=(),
        new_files=(NewFile(path=tree_path(path), text=text),),
        origin=origin,
        author="test",
        summary="Add it",
    )


def write_tree(root: Path, files: dict[str, str]) -> dict[TreePath, bytes]:
    """Write files below a folder and return their content by path."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return {tree_path(path): text.encode() for path, text in files.items()}


def own_environment(
    tests: TestPlan | NoTests | None = None, *, import_roots: tuple[str, ...] = (".",)
) -> Environment:
    """Return the environment of the interpreter that runs the tests: it has pytest."""
    mounts = sorted({sys.prefix, sys.base_prefix})
    plan = tests or TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))
    return Environment(
        python=sys.executable,
        version=(sys.version_info.major, sys.version_info.minor),
        mounts=tuple(one for one in mounts if one != "/usr"),
        import_roots=import_roots,
        tests=plan,
    )


Reply = tuple[SandboxOutcome, bytes]
"""The outcome of a command, and what it leaves in its results."""


@dataclass(slots=True)
class ScriptedSandbox:
    """Answers commands as it was told, and keeps them."""

    reply: Callable[[SandboxCommand, Path], Reply]
    """Is given the command and the host's folder of the tree."""
    commands: list[SandboxCommand] = field(default_factory=list)
    name: str = "scripted"
    isolated: bool = True

    def run(self, command: SandboxCommand) -> SandboxOutcome:
        """Leave the results where the command would, and return the outcome."""
        self.commands.append(command)
        places = {mount.inside: mount.host for mount in command.mounts}
        outcome, results = self.reply(command, places["/target"])
        if "/results" in places:
            (places["/results"] / "results.jsonl").write_bytes(results)
        return outcome


@dataclass(slots=True)
class ScriptedTarget:
    """A target behind a scripted sandbox: what its modules and tests do on each tree."""

    check: Callable[[Path, str], dict[str, object]] | None = None
    """What importing a file of a tree gives, beside its path; all is well when ``None``."""
    tests: Callable[[Path, SandboxCommand], dict[str, str]] | None = None
    """Outcome of each test of a tree; one that passes when ``None``."""
    entry: dict[str, object] | None = None
    """What is said of the entry point; a function of one parameter ``text`` when ``None``."""

    def reply(self, command: SandboxCommand, tree: Path) -> Reply:
        """Answer the scripts of the ladder."""
        script = " ".join(command.argv)
        if "check_modules" in script:
            return exited(), json.dumps(
                [self._checked(tree, path) for path, _ in json.loads(command.argv[-1])]
            ).encode()
        if "describe_entry" in script:
            return exited(), json.dumps(self.entry or _TEXT_FUNCTION).encode()
        outcomes = {"tests/test_a.py::test_a": "passed"}
        if self.tests is not None:
            outcomes = self.tests(tree, command)
        failed = any(one in {"failed", "error"} for one in outcomes.values())
        return exited(int(failed)), stream(outcomes)

    def _checked(self, tree: Path, path: str) -> dict[str, object]:
        fine: dict[str, object] = {"path": path, "syntax": None, "error": None, "names": ["view"]}
        return fine | (self.check(tree, path) if self.check is not None else {})


_TEXT_FUNCTION = {
    "kind": "function",
    "parameters": [
        {"name": "text", "kind": "positional_or_keyword", "optional": False, "annotation": ""}
    ],
}


def stream(outcomes: dict[str, str], *, detail: str = "", end: bool = True) -> bytes:
    """Return the lines that a runner leaves for tests with these outcomes."""
    lines: list[dict[str, object]] = [
        {"kind": "test", "id": test, "outcome": outcome, "detail": detail}
        for test, outcome in outcomes.items()
    ]
    lines += [{"kind": "end", "tests": len(outcomes)}] if end else []
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def exited(code: int = 0, stdout: bytes = b"", stderr: bytes = b"") -> Exited:
    """Return the outcome of a command that ended by itself."""
    return Exited(exit_code=code, stdout=stdout, stderr=stderr, duration_ms=1)


def setting_for(
    root: Path,
    *,
    environment: BuiltEnvironment | None = None,
    sandbox: Sandbox | None = None,
    drive: Drive | None = None,
    detector: Detector | None = None,
    options: ProveOptions | None = None,
) -> Setting:
    """Return a setting in which all that is not given works and says nothing."""
    quiet = ScriptedDrive(lambda _tree, one: seen(one.name))
    return Setting(
        root=root,
        environment=environment or own_environment(NoTests(reason="there are none")),
        sandbox=sandbox or ScriptedSandbox(ScriptedTarget().reply),
        drive=drive or quiet,
        detector=detector or (lambda _tree: ()),
        clock=StillClock(),
        options=options or ProveOptions(),
    )


def as_text_detector(finding: Finding, code: str) -> Detector:
    """Return a detector that reports the finding as long as the code stands in its file."""

    def detect(tree: Path) -> Sequence[Finding]:
        content = (tree / finding.location.path).read_bytes()
        if code.encode() not in content:
            return ()
        start = content.index(code.encode())
        span = replace(finding.location, start_byte=start, end_byte=start + len(code))
        return (replace(finding, location=span),)

    return detect
