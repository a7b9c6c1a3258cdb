"""Families of effects that a legitimate use has, and whether a patch keeps them. Pure.

A function that gives nothing back may be emptied without a change of its result. What it did can
be seen all the same: a command was started, a statement sent, a file read or changed.
"""

from collections.abc import Sequence
from pathlib import PurePosixPath

from countermine.core.witnesses import Event, Observation, Witness
from countermine.prove.drive.archives import LEGITIMATE
from countermine.prove.drive.paths import TOUCHES, reached_paths
from countermine.prove.drive.payloads import PROBE
from countermine.prove.drive.repacking import IN_FOLDER
from countermine.prove.drive.silence import at_sink
from countermine.prove.records import ControlRecord

COMMAND = "a command"
STATEMENT = "an SQL statement"
QUERY = "a query of documents"
SEARCH = "a question to a directory"
SELECTION = "a selection by XPath"
READ = "a file that is read"
CHANGED = "a file that is changed"
UNPACKED = "a file that is unpacked into a folder of its archive"

_ASKED = {"sql": STATEMENT, "query": QUERY, "directory": SEARCH, "xpath": SELECTION}
_READS = frozenset({"os.listdir", "os.scandir", "file-read"})
_WORDS = (PROBE, LEGITIMATE)
_INPUT = f"{PROBE}-"
"""How names of files begin that the harness hands to the target."""


def effects(witness: Witness, driven: Sequence[Observation]) -> tuple[str, ...]:
    """Return the families of effects that every drive of a legitimate use has, sorted.

    Those count that the function with the sink has, or in which the value of the use is seen; of
    files only the latter. Code that runs, templates, pages, documents that are parsed and objects
    that are unpacked are none: a remedy may put another mechanism in their place, and what they
    come to is in the result.
    """
    found = [
        {
            family
            for event in seen.events
            if (family := _family(event)) is not None
            and (_names_the_value(event) or at_sink(witness, event))
        }
        for seen in driven
    ]
    return tuple(sorted(set[str].intersection(*found))) if found else ()


def elsewhere(witness: Witness, driven: Sequence[Observation]) -> tuple[str, ...]:
    """Return effects that functions without the sink have, whatever the value, sorted."""
    return tuple(
        sorted(
            {
                _placed(family, event)
                for seen in driven
                for event in seen.events
                if (family := _family(event)) is not None
                and not (_names_the_value(event) or at_sink(witness, event))
            }
        )
    )


def lost(witness: Witness, before: ControlRecord, seen: Observation) -> tuple[str, ...]:
    """Return the families of effects that a use had and no longer has, sorted.

    An effect may move to another function, if that one did not have it before too. A command may
    become work on the file that it was given: ``mkdir`` and ``os.mkdir`` do the same.
    """
    now = {
        family
        for event in seen.events
        if (family := _family(event)) is not None
        and (_names_the_value(event) or at_sink(witness, event) or _is_new(family, event, before))
    }
    missing = set(before.effects) - now
    if now & {READ, CHANGED} - set(before.effects):
        missing.discard(COMMAND)
    return tuple(sorted(missing))


def starts_anew(before: ControlRecord, seen: Observation) -> bool:
    """Tell whether a use starts a program that started none before.

    A value that is harmless here may be code there, and the observer is not in that process.
    """
    known = COMMAND in before.effects or any(
        one.startswith(f"{COMMAND} in ") for one in before.elsewhere
    )
    return not known and any(event.name == "command" for event in seen.events)


def _is_new(family: str, event: Event, before: ControlRecord) -> bool:
    known = _placed(family, event) in before.elsewhere
    return event.get("file") is not None and not known


def _placed(family: str, event: Event) -> str:
    return f"{family} in {event.get('file')}:{event.get('function')}"


def _family(event: Event) -> str | None:
    if event.name == "command":
        return COMMAND
    if event.name in _ASKED:
        return _ASKED[event.name]
    if event.name not in TOUCHES or not _names_the_value(event):
        return None
    reads = event.name in _READS or (event.name == "open" and event.get("mode") != "write")
    if reads:
        return READ
    if _by_the_harness(event):
        return None
    in_folder = any(IN_FOLDER in PurePosixPath(path).parent.name for path in reached_paths(event))
    return UNPACKED if in_folder else CHANGED


def _by_the_harness(event: Event) -> bool:
    """Tell whether a file was made to be given to the target, not made by it."""
    inside = event.get("file") is None and not event.outside
    names = [PurePosixPath(path).name for path in reached_paths(event)]
    return inside or any(name.startswith(_INPUT) for name in names)


def _names_the_value(event: Event) -> bool:
    texts = reached_paths(event) if event.name in TOUCHES else [text for _, text in event.detail]
    return any(word in text for text in texts for word in _WORDS)
