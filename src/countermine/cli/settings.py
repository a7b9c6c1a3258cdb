"""What ``countermine.toml`` can say: the one definition that the reader and the schema use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from countermine.core.levels import Severity, SourceLevel
from countermine.models.options import ModelSettings
from countermine.ports.sandbox import SandboxName

_STRICT = {"extra": "forbid", "use_attribute_docstrings": True}
"""For pydantic, which reads these classes at the border: an unknown key is an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSettings:
    """``[find]``: what is searched, and what counts."""

    __pydantic_config__ = _STRICT

    paths: tuple[str, ...] = ()
    """Only files below these folders, relative to the target; empty for all of it."""
    exclude: tuple[str, ...] = ()
    """Patterns as in ``.gitignore`` of what is left out."""
    levels: tuple[SourceLevel, ...] = tuple(SourceLevel)
    """The threat model: which sources count."""
    fail_on: Severity = Severity.LOW
    """Findings at or above this severity make the exit code 1."""
    include_tests: bool = False
    """Also search test, example, vendored and build files."""
    cache: bool = True
    """Keep answers in the state folder, for the next search; they are the same either way."""
    kept_rows: bool = False
    """Also use catalogue rows that models gave in earlier runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSettings:
    """``[target]``: what cannot be guessed about the target's environment."""

    __pydantic_config__ = _STRICT

    python: str | None = None
    """Interpreter to run the target with: an absolute path or a version such as ``3.9``."""
    install: tuple[str, ...] = ()
    """Requirements to install instead of the declared ones."""
    test: tuple[str, ...] = ()
    """Command line of the target's tests, as a list of words."""
    environment: str | None = None
    """Folder of an existing virtual environment to use as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSettings:
    """``[budget]``: bounds on one run."""

    __pydantic_config__ = _STRICT

    cases: int = 50
    """At most this many findings are witnessed and fixed, surest first."""
    wall_s: int = 3600
    """Seconds after which no new case is begun; what is left is reported as not begun."""
    state_bytes: int = 4 << 30
    """Bound on the state folder; the oldest unused parts are removed beyond it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """``[sandbox]``: what the target is run in."""

    __pydantic_config__ = _STRICT

    name: SandboxName = SandboxName.BUBBLEWRAP
    """``container`` and ``gvisor`` are experimental; taken from a file that ``--config`` names,
    not from the target's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressSettings:
    """``[[suppress]]``: a finding that is set aside, with a reason."""

    __pydantic_config__ = _STRICT

    id: str
    """Weakness, such as ``sql-injection`` or ``sqli``, the id of a case, or a fingerprint."""
    reason: str
    """Why; may not be empty."""
    path: str = "**"
    """Pattern as in ``.gitignore`` of the files it holds for."""
    expires: date | None = None
    """Date from which it no longer holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of ``countermine.toml``, or of ``[tool.countermine]`` in ``pyproject.toml``."""

    __pydantic_config__ = _STRICT

    find: FindSettings = FindSettings()
    target: TargetSettings = TargetSettings()
    budget: BudgetSettings = BudgetSettings()
    sandbox: SandboxSettings = SandboxSettings()
    suppress: tuple[SuppressSettings, ...] = ()
    catalogue: Mapping[str, object] = field(default_factory=dict)
    """Rows of the project's own, in the tables that docs/catalogue.md describes."""
    models: ModelSettings = field(default_factory=ModelSettings)
    """Language models, if any; docs/models.md. From the user's own file, or one that ``--config``
    names: never from the target's, which must not choose where code is sent."""
