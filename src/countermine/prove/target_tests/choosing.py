"""Runs of some files of the target's tests alone, by whatever runs the whole of them."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from countermine.core.environment import TestPlan, TestRunner
from countermine.prove.target_tests.reaching import chosen

_HAS_TESTS = re.compile(r"^\s*(?:async\s+)?def test", re.MULTILINE)
_DJANGO = ("-m", "django", "test")


def of_files(plan: TestPlan, files: tuple[str, ...], root: Path) -> TestPlan | None:
    """Return the plan that runs some test files with the options of the whole.

    Args:
        plan: How all tests are run.
        files: Relative to the root.
        root: The tree.

    Returns:
        ``None`` where the runner cannot be told which files to run.
    """
    if plan.runner in {TestRunner.PYTEST, TestRunner.UNITTEST}:
        return chosen(plan, files, root)
    base = _of_django(plan)
    names = None if base is None else [_module(one, base) for one in files]
    if names is None or not all(names):
        return None
    return replace(plan, arguments=(*plan.arguments, *(one for one in names if one)))


def unseen(plan: TestPlan, files: tuple[str, ...], root: Path, ran: Iterable[str]) -> list[str]:
    """Return the files that hold tests of which none is among the ids of those that ran.

    What cannot be loaded by itself runs no test, and says nothing of a patch. For unittest and
    Django's runner: with pytest a file is loaded by itself as it is among all others.
    """
    ids = list(ran)
    base = _of_django(plan)
    missing: list[str] = []
    stems = Counter(PurePosixPath(file).stem for file in files)
    for file in files:
        begun = [f"{_module(file, base or PurePosixPath())}."]
        stem = PurePosixPath(file).stem
        if base is None and stems[stem] == 1:
            # unittest names a module as it was found, from a folder that is not known here.
            begun.append(f"{stem}.")
        if _HAS_TESTS.search(_text(root / file)) and not any(
            one.startswith(tuple(begun)) for one in ids
        ):
            missing.append(file)
    return missing


def _of_django(plan: TestPlan) -> PurePosixPath | None:
    """Return the folder that names of tests are relative to, for Django's own runner."""
    words = plan.arguments
    if plan.runner is not TestRunner.SCRIPT or not words:
        return None
    if words[: len(_DJANGO)] == _DJANGO:
        labelled, base = words[len(_DJANGO) :], PurePosixPath()
    elif words[0].endswith("manage.py") and words[1:2] == ("test",):
        labelled, base = words[2:], PurePosixPath(words[0]).parent
    else:
        return None
    return base if all(one.startswith("-") for one in labelled) else None


def _module(file: str, base: PurePosixPath) -> str | None:
    pure = PurePosixPath(file)
    if not pure.is_relative_to(base):
        return None
    parts = pure.relative_to(base).with_suffix("").parts
    return ".".join(parts) if all(part.isidentifier() for part in parts) else None


def _text(file: Path) -> str:
    return file.read_text("utf-8", errors="replace") if file.is_file() else ""
