"""How the tests of a Django project are run where none of its files says so."""

import re
from collections.abc import Iterable
from pathlib import Path

from countermine.core.environment import TestPlan, TestRunner
from countermine.core.inventory import Inventory
from countermine.core.spans import TreePath
from countermine.target.texts import read_texts

_SETTINGS_NAME = re.compile(r"(?:\w+_)?settings(?:_\w+)?\.py")
_SETTINGS = re.compile(rb"^(?:INSTALLED_APPS|DATABASES)\b", re.MULTILINE)
_PROGRAMS = ("runtests.py", "run_tests.py", "manage.py")
_MAX_DEPTH = 5
MAX_PLANS = 3


def django_plans(root: Path, inventory: Inventory) -> tuple[TestPlan, ...]:
    """Return how Django's own runner may be started, the likeliest first.

    A program of the project's that runs tests is believed more than a module of settings.
    """
    near = sorted(
        (file.path for file in inventory.files if file.path.count("/") < _MAX_DEPTH),
        key=lambda path: (path.count("/"), path),
    )
    programs = [path for name in _PROGRAMS for path in near if path.rpartition("/")[2] == name]
    texts = read_texts(root, programs)
    # Projects carry projects that are filled in when one is begun.
    programs = [path for path in programs if b"{{" not in texts.get(path, b"{{")]
    settings = _settings(root, near)
    own = [path for path in programs if "/" not in path or _is_tests(path)]
    plans = [_program(path) for path in own]
    plans += [_plan("-m", "django", "test", f"--settings={_module(one)}") for one in settings]
    plans += [_program(path) for path in programs if path not in own]
    return tuple(plans[:MAX_PLANS])


def _program(path: TreePath) -> TestPlan:
    return _plan(path, "test") if path.endswith("manage.py") else _plan(path)


def _is_tests(path: TreePath) -> bool:
    return any(folder.startswith("test") for folder in path.split("/")[:-1])


def _settings(root: Path, paths: Iterable[TreePath]) -> list[TreePath]:
    """Return modules of settings: those for tests before an example's."""
    named = [path for path in paths if _SETTINGS_NAME.fullmatch(path.rpartition("/")[2])]
    texts = read_texts(root, named)
    found = [path for path in named if _SETTINGS.search(texts.get(path, b""))]
    return sorted(found, key=lambda path: ("test" not in path, path.count("/"), path))


def _module(path: TreePath) -> str:
    return path.removesuffix(".py").removeprefix("src/").replace("/", ".")


def _plan(*words: str) -> TestPlan:
    return TestPlan(runner=TestRunner.SCRIPT, arguments=words)
