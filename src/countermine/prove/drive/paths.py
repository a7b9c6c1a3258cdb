"""Which file a target touched, and whether it left the folder that a benign probe showed."""

from pathlib import PurePosixPath

from countermine.core.witnesses import CANARY, Event, Observation
from countermine.prove.drive.payloads import PROBE

TOUCHES = frozenset(
    {
        "open",
        "os.listdir",
        "os.scandir",
        "os.mkdir",
        "os.remove",
        "os.rmdir",
        "os.truncate",
        "os.chmod",
        "os.rename",
        "os.link",
        "shutil.copyfile",
        "shutil.copytree",
        "shutil.move",
        "shutil.rmtree",
        "file-read",
        "file-created",
        "file-changed",
        "file-removed",
    }
)
"""Events that read, list, make, change or remove a file. Looking whether one is there is none."""

UPWARDS = "/".join([".."] * 12)
"""More steps than any folder of a target is deep."""


def reached_paths(event: Event) -> list[str]:
    """Return the real paths that an event touched."""
    return [path for key in ("real", "source_real") if (path := event.get(key)) is not None]


def bases(benign: Observation, token: str = PROBE) -> list[PurePosixPath]:
    """Return the folders in which the benign probe touched what bears its name, sorted."""
    found: set[PurePosixPath] = set()
    for event in benign.events:
        if event.name not in TOUCHES:
            continue
        for path in reached_paths(event):
            parts = PurePosixPath(path).parts
            at = next((n for n, part in enumerate(parts) if token in part), None)
            if at:
                found.add(PurePosixPath(*parts[:at]))
    return sorted(found)


def left(
    seen: Observation, benign: Observation, folder: str, token: str = PROBE
) -> tuple[Event, str] | None:
    """Return the first touch of a file that an attack names and that lies outside of every base.

    Args:
        seen: What the attack led to.
        benign: What the benign probe led to.
        folder: Where the files that attacks name lie.
        token: What the benign probe's file bears in its name.
    """
    allowed = bases(benign, token)
    known = {path for event in benign.events for path in reached_paths(event)}
    for event in seen.events:
        if event.name not in TOUCHES:
            continue
        for path in reached_paths(event):
            named = CANARY in path or path == folder or path.startswith(f"{folder}/")
            above = any(PurePosixPath(path) in base.parents for base in allowed)
            inside = any(PurePosixPath(path).is_relative_to(base) for base in allowed)
            if (named and not inside) or (above and path not in known and not event.outside):
                return event, path
    return None
