"""The environment a target runs in: an interpreter, its packages, and how its tests are run."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias


class TestRunner(StrEnum):
    """How a target's tests are run."""

    __test__ = False

    PYTEST = "pytest"
    UNITTEST = "unittest"
    SCRIPT = "script"
    """A program of the project's or of a framework, which may use unittest or pytest in its way."""
    COMMAND = "command"
    """A command line of the user's; passes when it exits with 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPlan:
    """How to run the target's tests, from the root of its tree."""

    __test__ = False

    runner: TestRunner
    arguments: tuple[str, ...]
    """Paths and options for pytest, start folders for unittest, the interpreter's arguments for
    a script, the whole command line for a command."""
    env: tuple[tuple[str, str], ...] = ()
    """Variables that the project sets for its tests; sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTests:
    """The target has no tests that can be run; verdicts say so."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An interpreter with the target's requirements, on this machine."""

    python: str
    """Absolute path of the interpreter, the same inside the sandbox."""
    version: tuple[int, int]
    """Major and minor version of the interpreter."""
    mounts: tuple[str, ...]
    """Absolute host folders that must be readable inside the sandbox at the same path."""
    import_roots: tuple[str, ...]
    """Folders below the tree that go on ``sys.path``: ``.`` or ``src``."""
    tests: TestPlan | NoTests
    other_tests: tuple[TestPlan, ...] = ()
    """Other ways to run the tests, for when hardly any passes in the first; likeliest first."""
    missing: tuple[str, ...] = ()
    """Requirements that could not be had, each with why."""
    generated: str | None = None
    """Absolute host folder of files that only a build makes (``_version.py``, compiled modules),
    laid out as the tree is: to be copied into a copy of the tree wherever that lacks them."""
    notes: tuple[str, ...] = ()
    """What a reader must know of how it was made, one sentence each."""
    kind: Literal["environment"] = "environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEnvironment:
    """No environment could be made; everything that needs one is ``Inconclusive``."""

    reason: str
    kind: Literal["no-environment"] = "no-environment"


BuiltEnvironment: TypeAlias = Environment | NoEnvironment
