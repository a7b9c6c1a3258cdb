"""The folders that the user named: nothing outside of them is read or served."""

from dataclasses import dataclass
from pathlib import Path

from countermine.core.errors import BadTargetError, BadUsageError
from countermine.core.targets import Target, TargetKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """Folders with every link resolved."""

    folders: tuple[Path, ...]

    def target(self, written: str) -> Path:
        """Return the folder that an agent means, links resolved.

        Args:
            written: Absolute, or relative to one of the roots; the first that has it counts.

        Raises:
            BadTargetError: If there is none within the roots. It says the same for what is not
                there and for what is outside: an agent is not told what lies elsewhere.
        """
        for root in self.folders:
            found = _resolved(root / written)
            if found is not None and self.hold(found) and found.is_dir():
                return found
        message = f"{written!r:.200} is no directory within the roots of this server"
        raise BadTargetError(message)

    def hold(self, path: Path) -> bool:
        """Tell whether a resolved path lies within the roots."""
        return any(path.is_relative_to(root) for root in self.folders)

    def serve(self, target: Target) -> bool:
        """Tell whether a run about a target may be shown: a directory within the roots."""
        found = _resolved(Path(target.root))
        return target.kind is TargetKind.DIRECTORY and found is not None and self.hold(found)


def roots_of(written: tuple[Path, ...]) -> Roots:
    """Return the roots that the user named.

    Raises:
        BadUsageError: If there is none, or one is no directory.
    """
    folders: list[Path] = []
    for path in written:
        found = _resolved(path)
        if found is None or not found.is_dir():
            message = f"{str(path)!r} is no directory; a root is one that agents may work on"
            raise BadUsageError(message)
        folders.append(found)
    if not folders:
        message = "name at least one ROOT: a directory that agents may work on"
        raise BadUsageError(message)
    return Roots(folders=tuple(folders))


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        # Not there, a loop of links, a name that no file can have.
        return None
