"""What gate 10 runs: what is delivered was seen failing and passing, in as few runs as can be."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from countermine.core.environment import NoTests
from countermine.core.patches import Patch
from countermine.core.witnesses import Stimulus
from countermine.ports.sandbox import Sandbox, SandboxCommand, SandboxOutcome
from countermine.prove.gates.regression_test import regression_test
from countermine.prove.records import AttackRecord
from countermine.prove.steps import Passed, Step
from countermine.prove.trees import private_tree
from countermine.sandbox.detect import choose
from countermine.testing.proving import own_environment, setting_for, stimulus, write_tree
from tests.unit.prove.test_regressions_real import FLAWS, PROGRAMS, Flaw, trial_of

CODE, QUOTED = FLAWS[0], FLAWS[1]


@dataclass
class Watched:
    """A sandbox that keeps what each command was, and the tests that it found in its tree."""

    inner: Sandbox
    scripts: list[str] = field(default_factory=list)
    trees: list[dict[str, str]] = field(default_factory=list)
    name: str = "watched"
    isolated: bool = True

    def run(self, command: SandboxCommand) -> SandboxOutcome:
        tree = next(mount.host for mount in command.mounts if mount.inside == "/target")
        self.scripts.append(Path(command.argv[1]).stem)
        self.trees.append({one.name: one.read_text() for one in (tree / "tests").glob("*.py")})
        return self.inner.run(command)


def watched(
    root: Path, flaw: Flaw, *attacks: tuple[str, str, str]
) -> tuple[Watched, Step, Patch | None]:
    """Run gate 10; an attack is its name, its text and what gate 1 saw of it."""
    root.chmod(0o755)
    write_tree(root, {"shop/__init__.py": "", flaw.path: flaw.code})
    sandbox = Watched(choose())
    environment = own_environment(NoTests(reason="none"))
    with private_tree(root, setting_for(root).options) as original:
        trial = trial_of(root, flaw, original, root, environment)
        stimuli: tuple[Stimulus, ...] = tuple(stimulus(name, text) for name, text, _ in attacks)
        witness = trial.claim.witness
        witness = replace(witness, attacks=stimuli or witness.attacks)
        records = tuple(AttackRecord(name=name, effect=seen) for name, _, seen in attacks)
        trial = replace(
            trial,
            setting=replace(trial.setting, sandbox=sandbox),
            claim=replace(trial.claim, witness=witness),
            witnessed=replace(trial.witnessed, attacks=records),
        )
        return sandbox, *regression_test(trial)


def seen_whole(sandbox: Watched, test: Patch | None) -> list[bool]:
    """Tell of each run whether it had the delivered test, byte for byte, at its place."""
    assert test is not None
    new = test.new_files[0]
    return [tree.get(Path(new.path).name) == new.text for tree in sandbox.trees]


MARK = "__import__('sys').audit('countermine.mark','{canary}')"


def test_two_runs_are_enough_where_the_attacks_that_worked_work_again(tmp_path: Path) -> None:
    sandbox, step, test = watched(
        tmp_path, CODE, ("expression", MARK, "shown"), ("statement", f"1;{MARK}", "absent")
    )
    assert isinstance(step, Passed)
    assert sandbox.scripts == ["unittest_results", "unittest_results"]
    assert seen_whole(sandbox, test) == [True, True]
    # As it is delivered, and by itself with a text and with bytes: nothing says what is taken.
    assert len(sandbox.trees[0]) == 3


def test_a_test_is_written_anew_where_the_first_payloads_do_not_all_work(tmp_path: Path) -> None:
    sandbox, step, test = watched(tmp_path, QUOTED)
    assert isinstance(step, Passed)
    assert sandbox.scripts == ["unittest_results"] * 3
    assert seen_whole(sandbox, test) == [False, True, True]


def test_payloads_that_worked_as_attacks_come_first(tmp_path: Path) -> None:
    _, step, test = watched(
        tmp_path,
        CODE,
        ("sum", f"0 or {MARK}", "shown"),
        ("expression", MARK, "absent"),
    )
    assert isinstance(step, Passed)
    assert test is not None
    assert "\"0 or __import__('pathlib').Path('MARKER').touch()\"" in test.new_files[0].text


def test_an_attack_that_works_as_an_attack_only_is_no_evidence(tmp_path: Path) -> None:
    sandbox, step, test = watched(tmp_path, CODE, ("wrong", f"1 +* {MARK}", "shown"))
    assert isinstance(step, Passed)
    assert seen_whole(sandbox, test) == [False, True, True]


@pytest.mark.parametrize(
    ("flaw", "scripts"),
    [
        (PROGRAMS[0], ["describe_entry", "unittest_results", "unittest_results"]),
        (
            replace(CODE, code="def view(text):\n    eval(text)\n\nview = [view][0]\n"),
            ["unittest_results", "unittest_results", "unittest_results"],
        ),
    ],
    ids=["parser", "plain"],
)
def test_the_target_is_asked_only_where_its_source_does_not_say(
    tmp_path: Path, flaw: Flaw, scripts: list[str]
) -> None:
    sandbox, _, _ = watched(tmp_path, flaw)
    assert sandbox.scripts[: len(scripts)] == scripts
