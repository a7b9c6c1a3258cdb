"""Feeds archives whose members are named to lie outside, and looks where they are written."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from countermine.core.findings import Finding
from countermine.core.spans import TreePath
from countermine.core.witnesses import Observation, Witness
from countermine.prove.drive.archives import (
    HARD_LINKED,
    LEGITIMATE,
    MEMBER,
    TRAVERSALS,
    as_text,
    tar,
    tar_of_link,
    tar_through_link,
    zipped,
)
from countermine.prove.drive.making import Plan, trace_texts
from countermine.prove.drive.paths import TOUCHES, bases, reached_paths
from countermine.prove.drive.payloads import Payload
from countermine.prove.drive.silence import place

_WRITTEN = TOUCHES - {"open", "os.listdir", "os.scandir", "file-read", "shutil.rmtree"}
_LINKS = frozenset({"os.symlink", "os.link"})
_INSIDE = (LEGITIMATE, f"second-{LEGITIMATE}")


def _payload(name: str, data: bytes, file_name: str) -> Payload:
    return Payload(name=name, text=as_text(data), file_name=file_name)


def archive_plan(finding: Finding, texts: Mapping[TreePath, bytes]) -> Plan:
    """Return archives of the kind that the sink reads, the other kind being no use to it."""
    if _reads_zip(finding, texts):
        attacks = [
            _payload(f"zip-{name}", zipped((LEGITIMATE, member)), "input.zip")
            for name, member in TRAVERSALS
        ]
        inside = [_payload("zip", zipped(_INSIDE), "input.zip")]
        return Plan(attacks=attacks, controls=inside, as_file=True)
    gz = any(b"gz" in part for part in trace_texts(finding, texts))
    compression, file_name = ("gz", "input.tar.gz") if gz else ("", "input.tar")
    attacks = [
        _payload(f"tar-{name}", tar((LEGITIMATE, member), compression=compression), file_name)
        for name, member in TRAVERSALS
    ]
    through_link = tar_through_link(compression=compression)
    attacks.append(_payload("tar-through-link", through_link, file_name))
    for name, hard in (("tar-link", False), ("tar-hard-link", True)):
        link = tar_of_link(hard=hard, compression=compression)
        attacks.append(_payload(name, link, file_name))
    control = _payload("tar", tar(_INSIDE, compression=compression), file_name)
    return Plan(attacks=attacks, controls=[control], as_file=True)


def _reads_zip(finding: Finding, texts: Mapping[TreePath, bytes]) -> bool:
    if "tarfile" in finding.sink:
        return False
    if "zip" in finding.sink.lower():
        return True
    near = trace_texts(finding, texts)
    return any(b"zip" in part.lower() for part in near) and not any(b"tar" in part for part in near)


def written_outside(_witness: Witness, seen: Observation, benign: Observation) -> str | None:
    """Return the evidence that a member was written beside where legitimate ones are."""
    allowed = bases(benign, LEGITIMATE)

    def outside(path: str) -> bool:
        return not any(path.startswith(f"{folder}/") for folder in allowed)

    for event in seen.events:
        aim = event.get("source_real") or ""
        named = aim.endswith(MEMBER) or aim == HARD_LINKED
        if event.name in _LINKS and named and outside(aim):
            return f"{event.name}: a member of the archive became a link to {aim} {place(event)}"
        writes = event.name in _WRITTEN or event.get("mode") == "write"
        for path in reached_paths(event) if writes else ():
            if MEMBER in PurePosixPath(path).name and outside(path):
                return f"{event.name}: a member of the archive became {path} {place(event)}"
    return None
