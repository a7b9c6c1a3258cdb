"""Gets requirements into an environment; what cannot be had is left out by name, with why."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from countermine.core.errors import BadTargetError, EnvironmentLacksError
from countermine.target.display import one_line
from countermine.target.fetch_pypi import fetch_source
from countermine.target.own_build import build_wheel
from countermine.target.workshop import Cutoff, Done, Failed, Workshop

MAX_ROUNDS = 40
"""Tries before an environment is given up; each leaves out, builds or frees a package."""
MONTHS_LATER = 18
"""How much later than the rest a package may be chosen before it is built from source."""
NEVER = "9999-12-30"
MAX_EARLY_BUILDS = 2
"""Packages without wheels that are built before later ones are looked for."""
MAX_SOURCE_BUILDS = 8
"""Packages without wheels that are built; each can take minutes."""

_NO_WHEEL = re.compile(r"Wheels are required for `([A-Za-z0-9._-]+)`")
_WITHOUT = re.compile(r"\bha(?:s|ve) no (?:usable )?wheels|\bWheels are required for")
_WITHOUT_WHEELS = re.compile(
    r"\b([A-Za-z](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\{[^}]*\})?(?:[<>=!~]\S*)?"
    r" ha(?:s|ve) no (?:usable )?wheels"
)
_REQUIRED = re.compile(r"\byou require (?:both )?([A-Za-z0-9][A-Za-z0-9._-]*)")
_UNSOLVABLE = "No solution found"
"""What uv says when the requirements are to blame, and not this machine."""
_NO_INDEX = re.compile(
    r"An index \(\S+\) returned a 40[13] \w+ error|HTTP status server error \([^)]*\)"
    r"|tunnel error|dns error|error sending request"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What became of the requirements."""

    missing: Mapping[str, str]
    """Requirements left out, each with why."""
    notes: Mapping[str, str]
    """By package: what was chosen or made another way than the rest, and why."""


@dataclass(slots=True)
class _Attempt:
    wanted: list[Requirement]
    cutoff: Cutoff
    wheels: Path
    missing: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    built: set[str] = field(default_factory=set)


def install(
    shop: Workshop, python: Path, requirements: tuple[Requirement, ...], cutoff: Cutoff
) -> Installed:
    """Install requirements, surest first; tries without the date, and source builds, by name.

    Args:
        shop: Where and with what.
        python: Interpreter of the environment to install into.
        requirements: The most important first: where two exclude each other the later goes.
        cutoff: As of when packages are chosen.

    Raises:
        EnvironmentLacksError: If the index does not answer.
    """
    wheels = shop.folder / "wheels"
    wheels.mkdir()
    attempt = _Attempt(list(requirements), cutoff, wheels)
    for _ in range(MAX_ROUNDS):
        if not attempt.wanted:
            break
        done = shop.fetch(python, tuple(attempt.wanted), attempt.cutoff, wheels)
        if isinstance(done, Done):
            break
        if done.ours or not _is_about_packages(done.error):
            message = f"packages cannot be installed: {done.reason}"
            raise EnvironmentLacksError(message)
        trouble = _NO_INDEX.search(done.error)
        if trouble:
            _without_index(shop, python, attempt, trouble.group())
            break
        _change(shop, attempt, done)
    else:
        attempt.missing |= {str(one): "too many tries" for one in attempt.wanted}
    return Installed(missing=attempt.missing, notes=attempt.notes)


def _is_about_packages(error: str) -> bool:
    """Tell whether what uv says is of the requirements or of the index, not of this machine."""
    known = _UNSOLVABLE in error or _NO_WHEEL.search(error) is not None
    return known or _NO_INDEX.search(error) is not None


def _without_index(shop: Workshop, python: Path, attempt: _Attempt, trouble: str) -> None:
    """Install out of uv's cache, or say what is wrong with the index."""
    wanted = tuple(attempt.wanted)
    done = shop.fetch(python, wanted, attempt.cutoff, attempt.wheels, offline=True)
    if isinstance(done, Failed):
        message = f"the package index does not serve us ({one_line(trouble)}); check the network"
        raise EnvironmentLacksError(message)


def _change(shop: Workshop, attempt: _Attempt, failed: Failed) -> None:
    """Change the attempt so that the next one can do better."""
    said = " ".join(failed.error.split())
    named = [canonicalize_name(name) for name in _NO_WHEEL.findall(said)]
    culprits = _culprits(attempt.wanted, said)
    asked = [canonicalize_name(one.name) for one in culprits]
    suspects = list(dict.fromkeys([*named, *asked]))
    bare = [canonicalize_name(name) for name in _WITHOUT_WHEELS.findall(said)]
    # What the target asks for itself is had as it was then: a later one may have another interface.
    early = asked if attempt.cutoff.day and _WITHOUT.search(said) else []
    if bare:
        early = [name for name in early if name in bare]
    if _build_one(shop, attempt, early, MAX_EARLY_BUILDS):
        return
    # What has no wheels may be younger, or built, before what asks for it has to be younger.
    beneath = [name for name in bare if name not in asked]
    if _choose_later(attempt, beneath, MONTHS_LATER, failed.reason):
        return
    if _build_one(shop, attempt, beneath, MAX_SOURCE_BUILDS):
        return
    if _choose_later(attempt, suspects, MONTHS_LATER, failed.reason):
        return
    if _build_one(shop, attempt, named, MAX_SOURCE_BUILDS):
        return
    if _choose_later(attempt, suspects, None, failed.reason):
        return
    _drop(attempt, culprits[-1] if culprits else attempt.wanted[-1], failed.reason)


def _culprits(wanted: list[Requirement], said: str) -> list[Requirement]:
    """Return the requirements that a failure names as asked for by us, in our order."""
    asked = {canonicalize_name(name.rstrip(".")) for name in _REQUIRED.findall(said)}
    found = [one for one in wanted if canonicalize_name(one.name) in asked]
    if found:
        return found
    words = {canonicalize_name(word) for word in re.findall(r"[A-Za-z0-9][A-Za-z0-9._-]*", said)}
    return [one for one in wanted if canonicalize_name(one.name) in words]


def _choose_later(attempt: _Attempt, names: Iterable[str], months: int | None, reason: str) -> bool:
    """Let packages be younger than the rest, by some months or (``None``) by any time.

    The nearest later release is tried before one is built from source, and the newest after:
    wheels for an interpreter often follow a release by months.
    """
    if attempt.cutoff.day is None:
        return False
    day = NEVER
    if months is not None:
        start = date.fromisoformat(attempt.cutoff.day)
        day = (start + timedelta(days=months * 30)).isoformat()
    later = dict(attempt.cutoff.later)
    changed = [name for name in names if later.get(name, "") < day]
    for name in changed:
        later[name] = day
        until = "without a date" if day == NEVER else f"as of {day}"
        attempt.notes[name] = f"{name} was chosen {until} instead of {attempt.cutoff.day}: {reason}"
    attempt.cutoff = replace(attempt.cutoff, later=tuple(sorted(later.items())))
    return bool(changed)


def _build_one(shop: Workshop, attempt: _Attempt, names: Iterable[str], most: int) -> bool:
    """Build the first of some packages that can be built; at most some for an environment."""
    for name in names:
        if name not in attempt.built and len(attempt.built) < most:
            attempt.built.add(name)
            if _build(shop, attempt, name):
                return True
    return False


def _build(shop: Workshop, attempt: _Attempt, name: str) -> bool:
    """Build a wheel of a package that the index has in source form only."""
    specifiers = [one.specifier for one in attempt.wanted if canonicalize_name(one.name) == name]
    try:
        source = fetch_source(
            name,
            specifiers[0] if specifiers else None,
            attempt.cutoff.day,
            shop.folder / f"source-{name}",
            shop.index,
        )
    except BadTargetError as error:
        attempt.notes[f"{name} build"] = f"{name} has no wheel and no usable source: {error}"
        return False
    built = build_wheel(shop, source.root, f"build-{name}", attempt.cutoff, source.version)
    if isinstance(built, Failed) or built.wheel is None:
        why = built.reason if isinstance(built, Failed) else "there is no wheel"
        attempt.notes[f"{name} build"] = f"{name} {source.version} could not be built: {why}"
        return False
    built.wheel.rename(attempt.wheels / built.wheel.name)
    attempt.notes[name] = f"{name} {source.version} was built from source: it has no wheel"
    return True


def _drop(attempt: _Attempt, culprit: Requirement, reason: str) -> None:
    attempt.wanted.remove(culprit)
    attempt.missing[str(culprit)] = reason
    attempt.notes.pop(canonicalize_name(culprit.name), None)
