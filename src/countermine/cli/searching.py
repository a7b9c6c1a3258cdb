"""From the options of a command to the options of a search."""

from dataclasses import dataclass
from pathlib import Path

from countermine.catalogue.loader import parse_rows
from countermine.cli.config import Configuration, find_configuration
from countermine.cli.options import Asking, Wishes
from countermine.cli.settings import Settings
from countermine.cli.surroundings import user_configuration
from countermine.core.levels import Severity, SourceLevel
from countermine.core.runs import Run
from countermine.find.suppress import SuppressionRule
from countermine.target.spec import DirectorySpec, TargetSpec, parse_spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What holds once the command line and the configuration are put together."""

    spec: TargetSpec
    target: str
    """As the user wrote it; absolute for a directory, so that a run can be resumed elsewhere."""
    typed: str | None
    """A directory as the user wrote it, for reports; ``None`` for targets of other kinds."""
    settings: Settings
    origin: str
    """The configuration file; empty for the defaults."""
    paths: tuple[str, ...]
    exclude: tuple[str, ...]
    levels: tuple[SourceLevel, ...]
    fail_on: Severity
    include_tests: bool
    cache: bool
    kept_rows: bool
    trusted: bool
    """Whether the settings are the user's word: given by ``--config``, or the defaults."""
    models_origin: Path | None
    """The file that names language models; ``None`` where none is configured."""
    notes: tuple[str, ...]
    """What a user must know of the settings."""

    @property
    def rules(self) -> tuple[SuppressionRule, ...]:
        """Return the suppressions of the configuration."""
        return tuple(
            SuppressionRule(
                id=entry.id,
                reason=entry.reason,
                path=entry.path,
                expires=entry.expires.isoformat() if entry.expires else None,
            )
            for entry in self.settings.suppress
        )


def plan(target: str, wishes: Wishes, *, own_settings: bool = True) -> Plan:
    """Put the command line and the configuration together.

    Args:
        target: As the user wrote it.
        wishes: What the command line says beside it.
        own_settings: Whether a directory's own configuration counts, and the user's models.

    Raises:
        BadTargetError: If the target is none of the forms.
        BadUsageError: If the configuration is not right.
    """
    spec = parse_spec(target)
    own = Path(spec.path) if isinstance(spec, DirectorySpec) else None
    user = user_configuration() if own_settings else None
    found: Configuration = find_configuration(own if own_settings else None, wishes.config, user)
    settings = found.settings
    origin = str(found.origin) if found.origin else ""
    if settings.catalogue:
        parse_rows(settings.catalogue, f"{origin}: catalogue")
    return Plan(
        spec=spec,
        target=str(own.absolute()) if own is not None else target,
        typed=spec.path if isinstance(spec, DirectorySpec) else None,
        settings=settings,
        origin=origin,
        paths=tuple(wishes.path or ()) or settings.find.paths,
        exclude=(*settings.find.exclude, *(wishes.exclude or ())),
        levels=tuple(wishes.level or ()) or settings.find.levels,
        fail_on=wishes.fail_on or settings.find.fail_on,
        include_tests=wishes.include_tests or settings.find.include_tests,
        cache=settings.find.cache and not wishes.no_cache,
        kept_rows=wishes.kept_rows or settings.find.kept_rows,
        trusted=wishes.config is not None or found.origin is None,
        models_origin=found.models_origin,
        notes=found.notes,
    )


def wants_hypotheses(plan: Plan, asking: Asking) -> bool:
    """Tell whether models, where there are some, are to be asked where flaws may be."""
    if asking.no_models or plan.models_origin is None:
        return asking.hypotheses
    return asking.hypotheses or plan.settings.models.hypotheses


def over_threshold(run: Run, fail_on: Severity) -> bool:
    """Tell whether a finding is at or above the severity that the user fails on."""
    return any(finding.severity.rank >= fail_on.rank for finding in run.findings)
