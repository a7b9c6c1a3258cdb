"""How a project says that its tests are run: commands of tox, nox, hatch, make and CI, as read.

None of it is run for that, and of a command only what this program knows is used: what starts
the tests, with which arguments, and under which variables.
"""

import ast
import os
import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from countermine.core.environment import TestPlan, TestRunner
from countermine.target.project import read_text
from countermine.target.pyproject import table
from countermine.target.setup_files import ini_lines

_CI_FOLDER = ".github/workflows"
_CI_FILES = (".travis.yml", ".gitlab-ci.yml", "azure-pipelines.yml", ".circleci/config.yml")
_MAKEFILES = ("Makefile", "makefile", "GNUmakefile")

_WRAPPERS = {"poetry": 2, "pipenv": 2, "uv": 2, "pdm": 2, "hatch": 2, "xvfb-run": 1, "time": 1}
"""Programs that run another, with how many words they take before it."""
_PYTHON = re.compile(r"(?:.*/)?(?:python|pypy)[\d.]*|\{envpython\}|\$\(?\{?PYTHON3?[\w]*\}?\)?")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_POSARGS = re.compile(r"\{posargs(?::([^{}]*))?\}")
_FOLDER = re.compile(r"\{(?:tox_?ini_?dir|toxinidir|tox_root)\}/?")
_UNKNOWN = re.compile(r"\{[^{}]*\}|\$[({]?\w|\$\{\{|`")

_PYTEST_WITH_VALUE = frozenset({"-c", "-p", "-k", "-m", "--ds", "--rootdir", "--ignore", "-W"})
_PYTEST_ALONE = ("--ds=", "--ignore=", "--rootdir=", "--import-mode=", "--doctest-modules", "-W")
"""Options of pytest that change which tests run, or how they are loaded."""
_SCRIPTS = re.compile(r"(?:.*/)?(?:run_?_?tests?|tests?|alltests|test_all)\.py")
_UNITTEST_LIKE = frozenset({"unittest", "nose2", "twisted.trial", "zope.testrunner"})
_TRIAL = {"trial": "twisted.trial", "zope-testrunner": "zope.testrunner", "nose2": "nose2"}
_DJANGO_COMMANDS = frozenset({"django-admin", "django-admin.py"})
_COVERAGE_WITH_VALUE = frozenset({"--source", "--omit", "--include", "--rcfile", "--context"})
MAX_COMMANDS = 6
"""Ways that are tried where none before gave a test that passes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A command line of the project's, and the variables it is run under."""

    words: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()


def told_plans(root: Path) -> tuple[TestPlan, ...]:
    """Return how the project's own files run its tests, the first said first, each once."""
    plans = (plan for said in _said(root) if (plan := _plan(said, root)) is not None)
    return tuple(dict.fromkeys(plans))[:MAX_COMMANDS]


def _said(root: Path) -> Iterator[_Said]:
    yield from _tox(root)
    yield from _nox(root)
    yield from _pyproject_scripts(root)
    for name in _MAKEFILES:
        yield from _lines_of(read_text(root, name))
    for name in _ci_files(root):
        yield from _lines_of(read_text(root, name))


def _ci_files(root: Path) -> Iterator[str]:
    folder = root / _CI_FOLDER
    if folder.is_dir() and not folder.is_symlink():
        for path in sorted(folder.iterdir()):
            if path.suffix in {".yml", ".yaml"}:
                yield f"{_CI_FOLDER}/{path.name}"
    yield from _CI_FILES


def _tox(root: Path) -> Iterator[_Said]:
    text = read_text(root, "tox.ini")
    section = "testenv"
    if text is None:
        text = _legacy_tox(read_text(root, "pyproject.toml"))
    if text is None:
        text, section = read_text(root, "setup.cfg"), "tox:testenv"
    if text is None:
        return
    env = tuple(
        (name.strip(), value.strip())
        for line in ini_lines(text, section, "setenv") + ini_lines(text, section, "set_env")
        for name, equals, value in [line.partition("=")]
        if equals and not _UNKNOWN.search(_without_folder(value)) and ":" not in name
    )
    env = tuple((name, _without_folder(value)) for name, value in env)
    for line in ini_lines(text, section, "commands"):
        yield from _split(line, env)


def _legacy_tox(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        found = table(table(tomllib.loads(text), "tool"), "tox").get("legacy_tox_ini")
    except tomllib.TOMLDecodeError:
        return None
    return found if isinstance(found, str) else None


def _nox(root: Path) -> Iterator[_Said]:
    text = read_text(root, "noxfile.py")
    if text is None:
        return
    try:
        parsed = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(parsed):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr == "run":
            words = [one.value for one in node.args if isinstance(one, ast.Constant)]
            if words and all(isinstance(word, str) for word in words):
                yield _Said(words=tuple(map(str, words)))


def _pyproject_scripts(root: Path) -> Iterator[_Said]:
    """Scripts that hatch, PDM and Poe keep under a name of testing."""
    text = read_text(root, "pyproject.toml")
    try:
        tool = table(tomllib.loads(text), "tool") if text is not None else {}
    except tomllib.TOMLDecodeError:
        return
    hatch = table(table(tool, "hatch"), "envs")
    tables = [table(table(hatch, name), "scripts") for name in sorted(hatch)]
    tables += [table(table(tool, "pdm"), "scripts"), table(table(tool, "poe"), "tasks")]
    for scripts in tables:
        for name, value in scripts.items():
            if "test" in name or name == "cov":
                for line in _texts(value):
                    yield from _split(line)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))
    elif isinstance(value, Mapping):
        yield from _texts(value.get("cmd") or value.get("shell"))


def _lines_of(text: str | None) -> Iterator[_Said]:
    """Lines of a file of make or of CI that may be commands: what is none is not understood."""
    for line in re.sub(r"\\\r?\n", " ", text or "").splitlines():
        bare = re.sub(
            r"^(?:[-@+]\s*)?(?:(?:run|script|command)\s*:\s*)?[|>]?[@\"']?", "", line.strip()
        )
        if "test" in bare:
            yield from _split(bare)


def _split(line: str, env: tuple[tuple[str, str], ...] = ()) -> Iterator[_Said]:
    line = _POSARGS.sub(lambda match: match.group(1) or "", line)
    line = re.sub(r"^[\w!{},.-]+:\s+", "", line.removeprefix("-").strip())
    for part in re.split(r"\s*(?:&&|;|\|\||\|)\s*", _without_folder(line)):
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            continue
        if words:
            yield _Said(words=tuple(words), env=env)


def _without_folder(text: str) -> str:
    return _FOLDER.sub("", text.replace("{:}", ":"))


def _plan(said: _Said, root: Path) -> TestPlan | None:
    """Return the tests that a command line starts; ``None`` where it starts none we know."""
    said = _unwrapped(said)
    words = said.words
    if not words:
        return None
    first, rest = words[0], words[1:]
    if first in {"pytest", "py.test"}:
        plan = _pytest(rest, root)
    elif first in _DJANGO_COMMANDS:
        plan = _script(("-m", "django", *rest)) if rest[:1] == ("test",) else None
    elif first in _TRIAL:
        plan = _script(("-m", _TRIAL[first], *rest))
    elif _PYTHON.fullmatch(first):
        plan = _python(rest, root)
    elif _SCRIPTS.fullmatch(first):
        plan = _file(words, root)
    else:
        plan = None
    return None if plan is None else replace(plan, env=said.env)


def _unwrapped(said: _Said) -> _Said:
    """Return a command without variables, coverage and tools before it."""
    words, env = list(said.words), dict(said.env)
    while words:
        assigned = _ASSIGNMENT.fullmatch(words[0])
        if assigned and not _UNKNOWN.search(assigned.group(2)):
            env[assigned.group(1)] = assigned.group(2)
            del words[0]
        elif words[0] in {"env", "exec"}:
            del words[0]
        elif words[0] in _WRAPPERS:
            del words[: _WRAPPERS[words[0]]]
        elif (measured := _measured(words)) is not None:
            words = measured
        else:
            break
    kept = tuple(word for word in words if not _UNKNOWN.search(word))
    if words and kept[:1] != tuple(words[:1]) and _PYTHON.fullmatch(words[0]):
        kept = ("python", *kept)
    return _Said(words=kept, env=tuple(sorted(env.items())))


def _measured(words: list[str]) -> list[str] | None:
    """Return what coverage runs, as words for the interpreter; ``None`` if it is not coverage."""
    if _PYTHON.fullmatch(words[0]) and words[1:3] == ["-m", "coverage"]:
        rest = words[3:]
    elif words[0] == "coverage":
        rest = words[1:]
    else:
        return None
    if rest[:1] != ["run"]:
        return None
    rest = rest[1:]
    while rest and rest[0].startswith("-") and rest[0] != "-m":
        rest = rest[2:] if rest[0] in _COVERAGE_WITH_VALUE else rest[1:]
    return ["python", *rest]


def _python(words: tuple[str, ...], root: Path) -> TestPlan | None:
    while words and re.fullmatch(r"-[bBdEiIOsSuvx]+|-W\S+|-X\S+", words[0]):
        words = words[1:]
    if words[:1] == ("-W",) or words[:1] == ("-X",):
        return _python(words[2:], root)
    if words[:1] == ("-m",):
        module = words[1] if len(words) > 1 else ""
        if module in {"pytest", "py.test"}:
            return _pytest(words[2:], root)
        if module == "django":
            return _script(words) if words[2:3] == ("test",) else None
        if module in _UNITTEST_LIKE or module.rpartition(".")[2] in {"runtests", "tests", "test"}:
            return _script(words)
        return None
    return _file(words, root)


def _file(words: tuple[str, ...], root: Path) -> TestPlan | None:
    if not words or words[0].startswith(("-", "/")):
        return None
    path = os.path.normpath(words[0])
    if path.startswith("..") or not (root / path).is_file():
        return None
    if Path(path).name == "manage.py":
        return _script((path, *words[1:])) if words[1:2] == ("test",) else None
    return _script((path, *words[1:])) if _SCRIPTS.fullmatch(path) else None


def _script(words: Iterable[str]) -> TestPlan:
    return TestPlan(runner=TestRunner.SCRIPT, arguments=tuple(words))


def _pytest(words: tuple[str, ...], root: Path) -> TestPlan | None:
    """Keep the paths that are there, and the options that say which tests run."""
    options: list[str] = []
    paths: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word in _PYTEST_WITH_VALUE:
            options += words[at : at + 2]
            at += 1
        elif word.startswith(_PYTEST_ALONE):
            options.append(word)
        elif not word.startswith("-") and _below(root, word):
            paths.append(word)
        at += 1
    return TestPlan(runner=TestRunner.PYTEST, arguments=(*options, *paths))


def _below(root: Path, word: str) -> bool:
    path = (root / word.partition("::")[0]).resolve()
    return path.exists() and path.is_relative_to(root.resolve())
