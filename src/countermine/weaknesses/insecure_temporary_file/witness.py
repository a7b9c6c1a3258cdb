"""How an insecure temporary file shows itself: by a name alone, or a file that may be old.

In a folder that everyone can write to, only what must be new when it is made is safe from a link
or a file that somebody else put there.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.witnesses import Event, Observation, Unclear, Witness
from countermine.prove.drive.drive import SCRATCH
from countermine.prove.drive.maker import PlannedMaker
from countermine.prove.drive.making import Plan
from countermine.prove.drive.silence import at_sink, place
from countermine.prove.drive.structural import PLAN

_SHARED = tuple(
    PurePosixPath(path)
    for path in (f"{SCRATCH}/tmp", "/tmp", "/var/tmp", "/usr/tmp", "/dev/shm")  # noqa: S108 - looked for
)
"""Folders that everyone can write to; the first is what ``TMPDIR`` is inside."""
_OURS = PurePosixPath(SCRATCH).parent


def _plan(_finding: Finding, _texts: object) -> Plan:
    return PLAN


def _shown(witness: Witness, seen: Observation, benign: Observation) -> str | Unclear | None:
    names = [event for event in seen.events if event.name == "name-only"]
    for event in names:
        if at_sink(witness, event):
            return f"{event.get('call')} chose a name and made no file {place(event)}"
    for event, path in _not_new(seen):
        if at_sink(witness, event):
            return f"{path} was opened for writing, whoever made it {place(event)}"
    doubtful = [*names, *(event for event, _ in _not_new(seen))]
    for event in doubtful:
        if event.get("file") == witness.sink_path:
            return Unclear(reason=f"a temporary file need not be new {place(event)}")
    common = _first_parts(seen) & _first_parts(benign)
    if common:
        return Unclear(reason=f"{min(common)} has the same name every time")
    return None


def _not_new(seen: Observation) -> Iterator[tuple[Event, PurePosixPath]]:
    """Yield the files in shared folders that are opened for writing and need not be new."""
    own: set[PurePosixPath] = set()
    for event in seen.events:
        path = PurePosixPath(event.get("real") or "/")
        if event.name != "open" or event.get("mode") != "write" or path.parent not in _SHARED:
            continue
        if event.get("exclusive"):
            own.add(path)
        elif path not in own or event.get("missing"):
            yield event, path


def _first_parts(seen: Observation) -> set[str]:
    """Return what was written directly or deeper in a shared folder, by its first part."""
    found = set()
    for event in seen.events:
        path = PurePosixPath(event.get("real") or "/")
        writes = event.name == "os.mkdir" or (event.name == "open" and event.get("mode") == "write")
        if not writes or event.get("file") is None:
            continue
        folder = next((one for one in _SHARED if one in path.parents), None)
        if folder is None or (folder != _SHARED[0] and _OURS in (path, *path.parents)):
            continue
        found.add(str(folder / path.relative_to(folder).parts[0]))
    return found


WITNESS: WitnessMaker = PlannedMaker(plan=_plan, shown=_shown)
"""Calls the function, and looks how it makes files that others could have made before."""
