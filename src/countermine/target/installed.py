"""What an environment holds: the distributions that are installed in it, with their versions."""

from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from countermine.core.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Package:
    """A distribution in an environment."""

    name: str
    """Canonical, as PEP 503 has it."""
    version: str


def package_folders(environment: Path) -> tuple[Path, ...]:
    """Return the folders of a virtual environment that packages are installed in."""
    return tuple(sorted(environment.glob("lib/python3.*/site-packages")))


def installed(environment: Environment) -> tuple[Package, ...]:
    """Return the distributions of an environment, sorted; read, nothing of it is run."""
    folders = package_folders(Path(environment.python).parents[1])
    found = {
        Package(name=canonicalize_name(name), version=version)
        for one in distributions(path=[str(folder) for folder in folders])
        if (name := one.metadata["Name"]) and (version := one.metadata["Version"])
    }
    return tuple(sorted(found))
