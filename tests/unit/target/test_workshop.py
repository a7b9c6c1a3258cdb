from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from countermine.core.errors import EnvironmentLacksError
from countermine.ports.sandbox import Bound, Exited, SandboxCommand, SandboxOutcome, Stopped
from countermine.target.interpreters import Interpreter
from countermine.target.own_build import build_requirements, copy_plain
from countermine.target.resolve import install
from countermine.target.workshop import Cutoff, Failed, Workshop, interpreter_mounts


def test_the_reason_is_the_last_step_that_says_something() -> None:
    said = """
error: No solution found when resolving dependencies
  cause: Because plain==1.0 has no usable wheels and only plain==1.0 is available, we can \
conclude that all versions of plain cannot be used.
         And because you require plain, we can conclude that your requirements are unsatisfiable.

hint: Wheels are required for `plain` because building from source is disabled
"""
    assert Failed(error=said).reason == (
        "plain==1.0 has no usable wheels and only plain==1.0 is available and you require plain"
    )


def test_the_reason_of_one_step_is_that_step() -> None:
    said = (
        "error: No solution found when resolving dependencies\n  cause: Because gone was not "
        "found in the package registry and you require gone, we can conclude that your "
        "requirements are unsatisfiable.\n"
    )
    assert Failed(error=said).reason == (
        "gone was not found in the package registry and you require gone"
    )


def test_the_reason_of_a_failed_build_is_what_the_backend_raised() -> None:
    said = """Building wheel...
Traceback (most recent call last):
  File "setup.py", line 3, in <module>
ModuleNotFoundError: No module named 'numpy'
some noise
error: Failed to build `/state/x`
  cause: The build backend returned an error
  cause: Call to `setuptools.build_meta.build_wheel` failed (exit status: 1)
"""
    assert Failed(error=said).reason == "ModuleNotFoundError: No module named 'numpy'"


def test_a_reason_is_always_one_line_that_steers_no_terminal() -> None:
    assert Failed(error="").reason == "no reason was given"
    assert Failed(error="a\x1b[31m\nb").reason == "b"
    assert "\x1b" not in Failed(error="Error: \x1b[31m").reason
    assert len(Failed(error="x" * 10_000).reason) <= 300


def test_what_the_sandbox_shows_anyway_is_not_mounted() -> None:
    assert interpreter_mounts(Interpreter(path="", version=(3, 9), prefix="/usr")) == ()
    assert interpreter_mounts(Interpreter(path="", version=(3, 9), prefix="/usr/local")) == ()
    assert interpreter_mounts(Interpreter(path="", version=(3, 9), prefix="/opt/py")) == (
        "/opt/py",
    )


@dataclass
class Answering:
    """A sandbox that gives prepared answers, the last one for ever."""

    answers: list[SandboxOutcome]
    ran: list[SandboxCommand] = field(default_factory=list)
    name: str = "answering"
    isolated: bool = True

    def run(self, command: SandboxCommand) -> SandboxOutcome:
        self.ran.append(command)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def exited(code: int, error: str = "") -> Exited:
    return Exited(exit_code=code, stdout=b"", stderr=error.encode(), duration_ms=1)


def unsolvable(name: str) -> Exited:
    return exited(
        1,
        "error: No solution found when resolving dependencies\n  cause: Because there is no "
        f"{name} and you require {name}, we can conclude that your requirements are unsatisfiable.",
    )


def shop(folder: Path, sandbox: Answering) -> Workshop:
    interpreter = Interpreter(path="/usr/bin/python3.11", version=(3, 11), prefix="/usr")
    (folder / "work/venv/bin").mkdir(parents=True)
    return Workshop(
        sandbox=sandbox, folder=folder / "work", state=folder / "state", interpreter=interpreter
    )


def wanted(*names: str) -> tuple[Requirement, ...]:
    return tuple(map(Requirement, names))


def test_a_culprit_goes_and_the_rest_is_installed(tmp_path: Path) -> None:
    sandbox = Answering([unsolvable("bad"), exited(0)])
    place = shop(tmp_path, sandbox)
    done = install(place, place.folder / "venv/bin/python", wanted("a", "bad", "c"), Cutoff())
    assert done.missing == {"bad": "there is no bad and you require bad"}
    assert len(sandbox.ran) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Stopped(bound=Bound.WALL, stdout=b"", stderr=b"", duration_ms=1), "bound of wall"),
        (exited(2, "error: failed\n  cause: No space left on device (os error 28)"), "No space"),
        (exited(2, "error: something else went wrong"), "something else went wrong"),
        (exited(2, "cause: tunnel error: unsuccessful"), "tunnel error"),
        (
            exited(1, "hint: An index (https://x/) returned a 403 Forbidden error. Check"),
            "returned a 403 Forbidden",
        ),
    ],
)
def test_trouble_of_ours_takes_no_requirement_away(
    tmp_path: Path, answer: SandboxOutcome, said: str
) -> None:
    sandbox = Answering([answer])
    place = shop(tmp_path, sandbox)
    with pytest.raises(EnvironmentLacksError, match=said) as caught:
        install(place, place.folder / "venv/bin/python", wanted("a", "b"), Cutoff())
    assert "\n" not in str(caught.value)
    assert len(sandbox.ran) <= 2


def test_without_the_index_the_cache_serves(tmp_path: Path) -> None:
    sandbox = Answering([exited(2, "cause: tunnel error: unsuccessful"), exited(0)])
    place = shop(tmp_path, sandbox)
    done = install(place, place.folder / "venv/bin/python", wanted("a"), Cutoff())
    assert (done.missing, done.notes) == ({}, {})
    assert "--offline" in sandbox.ran[1].argv


def test_it_ends_when_nothing_can_be_had(tmp_path: Path) -> None:
    sandbox = Answering([unsolvable("never-named")])
    place = shop(tmp_path, sandbox)
    cutoff = Cutoff(day="2020-01-01")
    done = install(place, place.folder / "venv/bin/python", wanted("a", "b"), cutoff)
    assert list(done.missing) == ["b", "a"]


def test_a_package_without_wheels_is_about_packages_whatever_else_is_said(tmp_path: Path) -> None:
    said = (
        "error: Failed to prepare distributions\nhint: Wheels are required for `bad` because "
        "building from source is disabled for all packages (i.e., with `--no-build`)\n"
    )
    sandbox = Answering([exited(1, said), exited(0)])
    place = shop(tmp_path, sandbox)
    done = install(place, place.folder / "venv/bin/python", wanted("a", "bad"), Cutoff())
    assert list(done.missing) == ["bad"]


def test_what_has_no_wheels_is_chosen_later_before_what_asks_for_it(tmp_path: Path) -> None:
    said = (
        "error: No solution found when resolving dependencies\n  cause: Because lower>=0.1.15 has "
        "no usable wheels and upper>=2.0.0 depends on lower>=0.1.15, we can conclude that "
        "upper>=2.0.0 cannot be used.\n         And because you require upper>=2.0.0, we can "
        "conclude that your requirements are unsatisfiable.\n"
    )
    sandbox = Answering([exited(1, said), exited(0)])
    place = shop(tmp_path, sandbox)
    cutoff = Cutoff(day="2020-01-01")
    done = install(place, place.folder / "venv/bin/python", wanted("upper>=2.0.0"), cutoff)
    assert list(done.notes) == ["lower"]
    later = [word for word in sandbox.ran[-1].argv if "=2021-" in word]
    assert later == ["lower=2021-06-24T00:00:00Z"]


def test_a_venv_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    place = shop(tmp_path, Answering([exited(2, "error: broken\ninterpreter")]))
    with pytest.raises(EnvironmentLacksError, match=r"no environment can be made of /usr/bin"):
        place.make_venv("other")


def test_days_become_options_of_uv() -> None:
    cutoff = Cutoff(day="2020-01-02", later=(("a", "2021-01-01"),))
    assert cutoff.words() == [
        *("--exclude-newer", "2020-01-02T00:00:00Z"),
        *("--exclude-newer-package", "a=2021-01-01T00:00:00Z"),
    ]
    assert Cutoff().words() == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, ["setuptools", "wheel"]),
        ("[project]\nname = 'a'\n", ["setuptools", "wheel"]),
        ("[build-system]\nrequires = ['hatchling', 'x @ https://example.org/x']\n", ["hatchling"]),
        ("[build-system]\nrequires = ['setuptools>=40']\n", ["setuptools>=40", "wheel"]),
        ("[build-system]\nrequires = []\n", []),
    ],
)
def test_a_tree_says_what_it_is_built_with(
    tmp_path: Path, text: str | None, expected: list[str]
) -> None:
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)
    assert [str(one) for one in build_requirements(tmp_path)] == expected


def test_only_plain_files_are_copied_for_a_build(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / ".git").mkdir(parents=True)
    (tree / ".git/config").write_text("x")
    (tree / "a.py").write_text("x")
    (tree / "run").write_text("x")
    (tree / "run").chmod(0o4711)
    (tree / "link").symlink_to("/etc/passwd")
    (tree / "folder").symlink_to("/etc")
    assert copy_plain(tree, tmp_path / "copy") is None
    copied = sorted(path.name for path in (tmp_path / "copy").rglob("*"))
    assert copied == ["a.py", "run"]
    assert (tmp_path / "copy/run").stat().st_mode & 0o7777 == 0o755
