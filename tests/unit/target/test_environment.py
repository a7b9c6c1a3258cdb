import json
import sys
import venv
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from countermine.core.environment import Environment, NoEnvironment, NoTests, TestPlan, TestRunner
from countermine.core.errors import BadUsageError, SandboxUnavailableError
from countermine.core.targets import Target, TargetKind
from countermine.ports.sandbox import (
    Access,
    Exited,
    Mount,
    Network,
    Sandbox,
    SandboxCommand,
    SandboxOutcome,
)
from countermine.sandbox.detect import choose
from countermine.target.environment import EnvironmentOptions, build_environment
from countermine.target.fetched import IndexOptions
from countermine.target.open import OpenOptions, open_target
from countermine.target.spec import parse_spec
from countermine.testing.package_index import FolderIndex, installable, sdist

pytestmark = pytest.mark.slow

RUNNING = f"{sys.version_info[0]}.{sys.version_info[1]}"

BACKEND = """
import os, socket, zipfile

def reaches(host, port):
    try:
        socket.create_connection((host, port), 0.5).close()
        return True
    except OSError:
        return False

def build_wheel(out, config_settings=None, metadata_directory=None):
    import maker
    name = "NAME-1.0-py3-none-any.whl"
    seen = {"proxy": reaches("127.0.0.1", 3128), "host": os.path.exists("CANARY")}
    with zipfile.ZipFile(os.path.join(out, name), "w") as made:
        made.write("NAME/__init__.py")
        made.writestr("NAME/_version.py", "version = %r; seen = %r" % (maker.version, seen))
        made.writestr("NAME-1.0.dist-info/METADATA", CORE)
        made.writestr("NAME-1.0.dist-info/entry_points.txt", "[console_scripts]\\nNAME = NAME:main")
        made.writestr("NAME-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\n"
                      "Root-Is-Purelib: true\\nTag: py3-none-any\\n")
        made.writestr("NAME-1.0.dist-info/RECORD", "")
    return name
"""
PYPROJECT = """
[build-system]
requires = ["maker"]
build-backend = "backend"
backend-path = ["."]
[project]
name = "NAME"
version = "1.0"
dependencies = DEPENDENCIES
[project.optional-dependencies]
test = TESTS
"""
UNITTEST = "import unittest\nclass T(unittest.TestCase):\n    def test_x(self): pass\n"


def project(name: str, requires: list[str], tests: list[str]) -> dict[str, str]:
    """The files of a project that brings its own build backend."""
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    metadata += "".join(f"Requires-Dist: {one}\n" for one in requires)
    metadata += "".join(f'Requires-Dist: {one} ; extra == "test"\n' for one in tests)
    backend = BACKEND.replace("NAME", name).replace("CORE", repr(metadata))
    declared = PYPROJECT.replace("NAME", name).replace("DEPENDENCIES", json.dumps(requires))
    return {
        "backend.py": backend.replace("CANARY", __file__),
        "pyproject.toml": declared.replace("TESTS", json.dumps(tests)),
        f"{name}/__init__.py": "",
        "tests/__init__.py": "",
        "tests/test_it.py": UNITTEST,
    }


@dataclass(frozen=True)
class Watched:
    """A sandbox that also remembers what it ran."""

    inner: Sandbox
    ran: list[SandboxCommand] = field(default_factory=list)
    name: str = "watched"
    isolated: bool = True

    def run(self, command: SandboxCommand) -> SandboxOutcome:
        self.ran.append(command)
        return self.inner.run(command)


@dataclass(frozen=True)
class Broken:
    """A sandbox that cannot run anything."""

    name: str = "broken"
    isolated: bool = True

    def run(self, command: SandboxCommand) -> SandboxOutcome:
        message = f"no namespaces for {command.argv[0]}"
        raise SandboxUnavailableError(message)


@dataclass(frozen=True)
class Bench:
    root: Path
    sandbox: Watched
    index: FolderIndex

    def options(self) -> EnvironmentOptions:
        return EnvironmentOptions(
            state=self.root / "state",
            index=IndexOptions(url=self.index.url),
            python=RUNNING,
            interpreters=(),
        )

    def target(self, files: dict[str, str], released: str | None = "2027-01-01") -> Target:
        tree = self.root / f"tree{len(list(self.root.iterdir()))}"
        for name, text in files.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text)
        target = open_target(parse_spec(str(tree)), OpenOptions(state=self.root / "state"))
        return replace(target, name="thing", released=released)

    def built(self, files: dict[str, str], **options: object) -> Environment:
        chosen = replace(self.options(), **options)  # type: ignore[arg-type]  # by name
        made = build_environment(self.target(files), self.sandbox, chosen)
        assert isinstance(made, Environment), made
        return made

    def python(self, environment: Environment, code: str, *mounts: Mount) -> str:
        own = tuple(Mount(host=Path(path), inside=path) for path in environment.mounts)
        done = self.sandbox.run(
            SandboxCommand(
                argv=(environment.python, "-c", code), cwd="/tmp", mounts=(*own, *mounts)
            )
        )
        assert isinstance(done, Exited)
        assert done.exit_code == 0, done.stderr
        return done.stdout.decode().strip()


def add(index: FolderIndex, name: str, version: str, day: str, *requires: str) -> None:
    data = installable(name, version, {f"{name}.py": f"version = {version!r}"}, requires)
    index.add(name, f"{name}-{version}-py3-none-any.whl", data, day=day)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    root = tmp_path_factory.mktemp("bench")
    index = FolderIndex(root=root / "index")
    add(index, "maker", "1.0", "2020-01-01")
    add(index, "needed", "1.0", "2020-01-01")
    add(index, "needed", "2.0", "2027-06-01")
    add(index, "helper", "1.0", "2020-01-01", "inner")
    add(index, "inner", "1.0", "2020-01-01")
    add(index, "rival", "1.0", "2020-01-01", "needed>1.5")
    add(index, "late", "1.0", "2028-01-01")
    add(index, "later", "1.0", "2031-01-01")
    source = project("plain", [], []) | {"plain/__init__.py": "version = 'source'"}
    index.add("plain", "plain-1.0.tar.gz", sdist("plain", "1.0", source), day="2020-01-01")
    index.add(
        "unbuildable",
        "unbuildable-1.0.tar.gz",
        sdist("unbuildable", "1.0", {"setup.py": "raise SystemExit('not on this Python')"}),
        day="2020-01-01",
    )
    made = {
        "halfway/__init__.py": "",
        "halfway/own.py": "other = 1",
        "halfway/_made.py": "made = 1",
    }
    index.add(
        "halfway",
        "halfway-1.0-py3-none-any.whl",
        installable("halfway", "1.0", made, ["needed"]),
        day="2020-01-01",
    )
    return Bench(root=root, sandbox=Watched(inner=choose()), index=index)


@pytest.fixture(scope="module")
def whole(bench: Bench) -> Environment:
    """The environment of a project with all there is to it."""
    return bench.built(project("thing", ["needed"], ["helper", "gone"]))


def test_declared_requirements_are_installed_as_of_the_release(
    bench: Bench, whole: Environment
) -> None:
    code = "import needed, helper, inner; print(needed.version)"
    assert bench.python(whole, code) == "1.0"


def test_a_test_requirement_that_is_nowhere_is_left_out_by_name(whole: Environment) -> None:
    assert whole.missing == (
        "gone: gone was not found in the package registry and you require gone",
    )


def test_what_cannot_be_built_here_is_taken_from_the_wheel_of_the_release(bench: Bench) -> None:
    files = {
        "setup.py": "raise SystemExit('no library to link with')",
        "PKG-INFO": "Metadata-Version: 2.1\nName: halfway\nVersion: 1.0\n",
        "halfway/__init__.py": "",
        "halfway/own.py": "own = 1\n",
    }
    built = bench.built(files)
    assert built.generated is not None
    held = Path(built.generated)
    found = sorted(path.relative_to(held).as_posix() for path in held.rglob("*.py"))
    assert found == ["halfway/_made.py"]
    assert bench.python(built, "import needed; print(needed.version)") == "1.0"
    assert any("could not be built" in note for note in built.notes)
    assert any("from the wheel of this release" in note for note in built.notes)


def test_the_metadata_of_the_target_is_there_and_its_code_is_not(
    bench: Bench, whole: Environment
) -> None:
    code = (
        "import importlib.metadata as m, importlib.util as u\n"
        "[script] = m.distribution('thing').entry_points\n"
        "print(m.version('thing'), script.value, u.find_spec('thing'))"
    )
    assert bench.python(whole, code) == "1.0 thing:main None"


def test_the_commands_of_the_target_run_its_code_from_a_tree(
    bench: Bench, whole: Environment
) -> None:
    tree = bench.root / "commands"
    (tree / "thing").mkdir(parents=True)
    (tree / "thing/__init__.py").write_text("def main():\n    print('ran')\n    return 3\n")
    own = tuple(Mount(host=Path(path), inside=path) for path in whole.mounts)
    done = bench.sandbox.run(
        SandboxCommand(
            argv=(str(Path(whole.python).with_name("thing")),),
            cwd="/tmp",
            mounts=(*own, Mount(host=tree, inside="/box")),
            env={"PYTHONPATH": "/box"},
        )
    )
    assert isinstance(done, Exited)
    assert (done.exit_code, done.stdout) == (3, b"ran\n")


def test_the_code_of_the_target_comes_from_a_tree(whole: Environment) -> None:
    assert whole.import_roots == (".",)


def test_what_only_the_build_makes_is_kept_apart(whole: Environment) -> None:
    assert whole.generated is not None
    made = [path for path in Path(whole.generated).rglob("*") if path.is_file()]
    assert [path.relative_to(whole.generated).as_posix() for path in made] == ["thing/_version.py"]
    assert made[0].read_text().startswith("version = '1.0'")


def test_build_hooks_reach_no_network_and_no_file_of_the_host(whole: Environment) -> None:
    assert whole.generated is not None
    text = (Path(whole.generated) / "thing/_version.py").read_text()
    assert text.endswith("seen = {'proxy': False, 'host': False}")


@pytest.mark.usefixtures("whole")
def test_steps_with_network_run_nothing_but_uv(bench: Bench) -> None:
    fetching = [command for command in bench.sandbox.ran if command.network is Network.INDEX]
    assert fetching
    for command in fetching:
        assert Path(command.argv[0]).name == "uv"
        assert command.argv[1:3] == ("pip", "install")
        assert "--only-binary" in command.argv


def test_the_tests_are_planned(whole: Environment) -> None:
    assert whole.tests == TestPlan(runner=TestRunner.UNITTEST, arguments=("tests",))


def test_all_that_is_needed_inside_is_mounted(bench: Bench, whole: Environment) -> None:
    assert whole.version == sys.version_info[:2]
    assert whole.mounts[0] == str(Path(whole.python).parent.parent)
    assert bench.python(whole, "import sys, ssl, sqlite3; print(sys.prefix)") == whole.mounts[0]


def test_nothing_but_the_environment_is_left(whole: Environment) -> None:
    slot = Path(whole.python).parent.parent.parent
    assert sorted(path.name for path in slot.iterdir()) == [
        "generated",
        "slot.json",
        "used",
        "venv",
    ]


def test_an_environment_is_made_once(bench: Bench, whole: Environment) -> None:
    before = len(bench.sandbox.ran)
    again = bench.built(project("thing", ["needed"], ["helper", "gone"]))
    assert len(bench.sandbox.ran) == before
    assert again == whole


def test_a_requirement_younger_than_the_release_is_had_and_said(bench: Bench) -> None:
    environment = bench.built({"m.py": "", "requirements.txt": "late\nlater\n"})
    assert bench.python(environment, "import late, later") == ""
    assert [note.split(":")[0] for note in environment.notes] == [
        "late was chosen as of 2028-06-25 instead of 2027-01-02",
        "later was chosen without a date instead of 2027-01-02",
    ]
    assert environment.missing == ()


def test_a_requirement_without_wheels_is_built_in_the_sandbox(bench: Bench) -> None:
    environment = bench.built({"m.py": "", "requirements.txt": "plain\n"})
    assert bench.python(environment, "import plain; print(plain.version)") == "source"
    assert "plain 1.0 was built from source: it has no wheel" in environment.notes


def test_a_requirement_that_cannot_be_built_is_left_out_by_name(bench: Bench) -> None:
    environment = bench.built({"m.py": "", "requirements.txt": "unbuildable\nneeded\n"})
    assert [one.partition(":")[0] for one in environment.missing] == ["unbuildable"]
    assert any("unbuildable 1.0 could not be built" in note for note in environment.notes)
    assert bench.python(environment, "import needed") == ""


def test_of_requirements_that_exclude_each_other_the_tests_go(bench: Bench) -> None:
    files = {
        "m.py": "",
        "requirements.txt": "needed<1.5\n",
        "requirements-test.txt": "rival\n",
        "tests/test_it.py": UNITTEST,
    }
    environment = bench.built(files)
    assert [one.partition(":")[0] for one in environment.missing] == ["rival"]
    assert bench.python(environment, "import needed; print(needed.version)") == "1.0"


def test_requirements_of_the_user_replace_the_declared(bench: Bench) -> None:
    environment = bench.built({"m.py": "", "requirements.txt": "gone\n"}, install=("inner",))
    assert environment.missing == ()
    assert bench.python(environment, "import inner") == ""


def test_a_name_is_never_guessed_from_an_import(bench: Bench) -> None:
    environment = bench.built({"m.py": "import needed\n"})
    code = "import importlib.util as u; print(u.find_spec('needed'))"
    assert bench.python(environment, code) == "None"


def test_a_command_of_the_user_is_the_test(bench: Bench) -> None:
    environment = bench.built({"m.py": ""}, test=("make", "check"))
    assert environment.tests == TestPlan(runner=TestRunner.COMMAND, arguments=("make", "check"))


def test_a_target_whose_own_build_fails_goes_on_with_a_note(bench: Bench) -> None:
    told = "Name: m\nVersion: 2.0\n"
    environment = bench.built({"m.py": "", "setup.py": "raise SystemExit(1)", "PKG-INFO": told})
    assert any("own wheel could not be built" in note for note in environment.notes)
    code = "import importlib.metadata as m; print(m.version('m'))"
    assert bench.python(environment, code) == "2.0"


def test_the_target_is_not_written_to(bench: Bench) -> None:
    target = bench.target(project("kept", [], []))
    before = sorted(str(path) for path in Path(target.root).rglob("*"))
    build_environment(target, bench.sandbox, bench.options())
    assert sorted(str(path) for path in Path(target.root).rglob("*")) == before


def reason(bench: Bench, sandbox: Sandbox | None = None, **options: object) -> str:
    target = bench.target({"m.py": "", "requirements.txt": "needed\n"})
    chosen = replace(bench.options(), state=bench.root / "other", **options)  # type: ignore[arg-type]  # by name
    made = build_environment(target, sandbox or bench.sandbox, chosen)
    assert isinstance(made, NoEnvironment)
    assert "\n" not in made.reason
    return made.reason


def test_no_network_is_a_reason(bench: Bench) -> None:
    said = reason(bench, index=IndexOptions(url="http://127.0.0.1:9/simple/"))
    assert said.startswith("the package index does not serve us (An index (http://127.0.0.1:9/")


def test_a_sandbox_that_cannot_run_is_a_reason(bench: Bench) -> None:
    assert reason(bench, Broken()).startswith("no namespaces")


def test_a_python_that_is_not_here_is_a_reason(bench: Bench) -> None:
    assert reason(bench, python="3.99") == "Python 3.99 is not on this machine"


def test_a_state_folder_that_cannot_be_made_is_a_reason(bench: Bench) -> None:
    (bench.root / "file").write_text("")
    made = build_environment(
        bench.target({"m.py": ""}),
        bench.sandbox,
        replace(bench.options(), state=bench.root / "file"),
    )
    assert isinstance(made, NoEnvironment)
    assert str(bench.root / "file") in made.reason


def test_an_existing_environment_is_used_as_it_is(bench: Bench, tmp_path: Path) -> None:
    venv.create(tmp_path / "mine", symlinks=True)
    environment = bench.built({"m.py": ""}, environment=str(tmp_path / "mine"))
    assert environment.python == str(tmp_path / "mine/bin/python")
    assert environment.tests == NoTests(reason="the tree holds no tests")
    assert bench.python(environment, "import sys; print(sys.prefix)") == str(tmp_path / "mine")


def test_an_existing_environment_that_is_none_is_bad_usage(bench: Bench) -> None:
    with pytest.raises(BadUsageError, match="is not a Python interpreter"):
        bench.built({"m.py": ""}, environment="/nowhere")


@pytest.mark.online
@pytest.mark.slow
def test_the_tests_of_a_real_release_run(tmp_path: Path) -> None:
    sandbox = choose()
    spec = parse_spec("pypi:iniconfig==1.1.1")
    target = open_target(spec, OpenOptions(state=tmp_path))
    assert target.kind is TargetKind.PYPI
    environment = build_environment(target, sandbox, EnvironmentOptions(state=tmp_path))
    assert isinstance(environment, Environment)
    assert isinstance(environment.tests, TestPlan)
    own = tuple(Mount(host=Path(path), inside=path) for path in environment.mounts)
    tree = Mount(host=Path(target.root), inside="/box", access=Access.OVERLAY)
    done = sandbox.run(
        SandboxCommand(
            argv=(environment.python, "-m", "pytest", "-q", *environment.tests.arguments),
            mounts=(*own, tree),
            env={"PYTHONPATH": ":".join(f"/box/{root}" for root in environment.import_roots)},
        )
    )
    assert isinstance(done, Exited)
    assert done.exit_code == 0, done.stdout
    assert b"42 passed" in done.stdout
