"""How loose permissions show themselves: rights for everyone are given, or stay until too late.

A file that is closed to others once it was written has to be closed when it is made. That is not
taken from silence: the rights that it was made with must have been seen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding
from countermine.core.knowledge import WitnessMaker
from countermine.core.spans import TreePath
from countermine.core.witnesses import (
    Effect,
    Event,
    Input,
    NoWitness,
    Observation,
    Stimulus,
    Unclear,
    Witness,
)
from countermine.prove.drive.entries import file_parameter
from countermine.prove.drive.making import witness
from countermine.prove.drive.silence import at_sink, judged, place
from countermine.prove.drive.structural import PLAN

_WRITABLE, _STICKY, _OTHERS = 0o002, 0o1000, 0o077
_NEW = "{base}/data/new.txt"
"""Has no word in it by which the harness would make a file that is looked for in vain."""
_CALLED = {EntryKind.FUNCTION, EntryKind.METHOD}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Maker:
    """Has a file made where none is, as most are that are closed afterwards."""

    def make(self, finding: Finding, texts: Mapping[TreePath, bytes]) -> Witness | NoWitness:
        """Return the witness for a finding."""
        made = witness(finding, texts, PLAN)
        if isinstance(made, NoWitness) or made.entry.key or made.entry.kind not in _CALLED:
            return made
        is_written = _is_written(made)
        if not (is_written or _is_late(finding, texts)):
            return made
        text = texts.get(made.entry.path, b"")
        name = file_parameter(text, made.entry.qualname)
        owner = made.entry.qualname.rpartition(".")[0]
        if name is None and is_written and owner:
            # The method is called as it is, of an object that is made with a place for the file.
            name = file_parameter(text, f"{owner}.__init__")
        elif name is None:
            entry = _constructor(made.entry, text)
            name = None if entry is None else entry.key
            made = made if entry is None else replace(made, entry=entry)
        if name is None:
            return made
        value = (Input(channel=Channel.PARAMETER, key=name, text=_NEW),)
        return replace(
            made,
            attacks=tuple(replace(one, inputs=value) for one in made.attacks),
            controls=tuple(replace(one, inputs=value) for one in made.controls),
        )

    def judge(
        self,
        witness: Witness,
        stimulus: Stimulus,  # noqa: ARG002 - there is one
        seen: Observation,
        benign: Observation,
    ) -> Effect:
        """Say whether everyone may write, or could open what is closed too late."""
        answer = _shown(witness, seen)
        return answer if isinstance(answer, Unclear) else judged(answer, seen, benign)


def _constructor(entry: EntryPoint, text: bytes) -> EntryPoint | None:
    """Return the constructor that takes the file which a private method of its class closes."""
    owner, _, method = entry.qualname.rpartition(".")
    called = f"self.{method}(".encode()
    if not owner or not method.startswith("_") or called not in text:
        return None
    constructor = f"{owner}.__init__"
    name = file_parameter(text, constructor)
    return None if name is None else replace(entry, qualname=constructor, key=name)


def _is_late(finding: Finding, texts: Mapping[TreePath, bytes]) -> bool:
    """Tell whether a call closes a file rather than opens it."""
    span = finding.location
    call = texts.get(span.path, b"")[span.start_byte : span.end_byte]
    return any(word in call for word in (b"0o600", b"0o400", b"S_IRUSR", b"384", b"256"))


def _shown(witness: Witness, seen: Observation) -> str | Unclear | None:
    given = [event for event in seen.events if event.name in {"os.chmod", "umask"}]
    for event in given:
        if at_sink(witness, event) and _opens(event):
            what = "the mask of new files became" if event.name == "umask" else "a file got"
            return f"{what} {event.get('rights')} {place(event)}"
    if any(_opens(event) and event.get("file") == witness.sink_path for event in given):
        return Unclear(reason="every account may write to something the same module makes")
    if any("chmod" in (event.get("argv") or "") for event in seen.events):
        return Unclear(reason="a program was started that gives rights")
    late = _late(witness, seen)
    return _secret(witness, seen) if late is None and _is_written(witness) else late


_WRITES = (".write", ".dump", ".write_text", ".write_bytes", ".writelines")
"""How the calls end that put a secret into a file."""


def _is_written(witness: Witness) -> bool:
    """Tell whether the flaw is that a secret is written to a file that others may read."""
    return witness.sink.endswith(_WRITES)


def _secret(witness: Witness, seen: Observation) -> str | Unclear | None:
    """Say which file that a secret was written to was made for others to read as well."""
    made = set(_made(witness, seen))
    left = {
        event.get("real"): rights
        for event in seen.events
        if event.outside and (rights := _rights(event)) is not None
    }
    for path in sorted(made):
        rights = left.get(path)
        if rights is not None and rights & _OTHERS:
            return f"{path} was made with {rights:04o}"
    if not made & left.keys():
        return Unclear(reason="no file was seen to be made")
    return None


def _rights(event: Event, name: str = "rights") -> int | None:
    found = event.get(name)
    return None if found is None else int(found, 8)


def _opens(event: Event) -> bool:
    rights = _rights(event)
    if rights is None:
        return False
    if event.name == "umask":
        return not rights & _WRITABLE
    return bool(rights & _WRITABLE) and not rights & _STICKY


def _made(witness: Witness, seen: Observation) -> Iterator[str]:
    """Yield the files that the function with the sink makes, and databases of its file.

    SQLite makes a database when it is first used, and whoever connects is often a helper.
    """
    for event in seen.events:
        path = event.get("real")
        if path is None or event.get("mode") != "write" or not event.get("missing"):
            continue
        database = event.name == "sqlite3.connect" and event.get("file") == witness.sink_path
        if database or (event.name == "open" and at_sink(witness, event)):
            yield path


def _late(witness: Witness, seen: Observation) -> str | Unclear | None:
    """Say which file that was made was open to others before it was closed."""
    made = set(_made(witness, seen))
    closed: set[str] = set()
    for event in seen.events:
        path, rights = event.get("real") or "", _rights(event)
        before = _rights(event, "rights_before")
        if event.name == "os.chmod" and path in made and before is not None and rights is not None:
            if before & _OTHERS and not rights & _OTHERS:
                return f"{path} had {before:04o} until it got {rights:04o} {place(event)}"
            closed.add(path)
        if event.outside and rights is not None and not rights & _OTHERS:
            closed.add(path)
    if made - closed and not _is_written(witness):
        return Unclear(reason=f"which rights {min(made - closed)} was made with was not seen")
    return None


WITNESS: WitnessMaker = _Maker()
"""Calls the function, and looks which rights files get, and when."""
