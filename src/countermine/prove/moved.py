"""What a structural flaw or a statement was before, to see on the patched tree whether it moved.

A weak hash that is called by another function is as weak, and one that is said to serve no
security serves what the function made before. Both are found by comparing with the unpatched tree.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from countermine.core.spans import tree_path
from countermine.core.witnesses import Event, Observation, Shown, Witness, WitnessKind
from countermine.prove.drive import directories, queries, selections
from countermine.prove.drive.payloads import PROBE, WORD
from countermine.prove.drive.silence import at_sink
from countermine.prove.drive.statements import asked, predicates
from countermine.prove.records import Claim

SQL = "SQL "
QUERY = "query "
SEARCH = "search "
SELECTION = "selection "
STATEMENT = "statement "
HEADER = "header "
FILE = "file "
LOG = "log "
READ = "read "
SESSION = "session "
WORDS = "words "
COMPARISONS = (SQL, QUERY, SEARCH, SELECTION, STATEMENT, HEADER, FILE, LOG, READ, SESSION)
"""How a comparison of a statement or query begins in a record."""

_INPUT = f"{PROBE}-"
"""How names of files begin that the harness hands to the target."""
_PURPOSE = "security"
_COMMANDS = frozenset({"command-injection", "argument-injection"})
_PATHS = "path-traversal"
_UNPACKED = "archive-extraction"


def dangers(claim: Claim, driven: Sequence[Observation]) -> tuple[str, ...]:
    """Return the dangerous calls of a structural weakness beside the sink's function, sorted.

    What a call is said to be for is left out: that is true of where it stands, not of who uses it.
    """
    if claim.witness.kind is not WitnessKind.STRUCTURAL:
        return ()
    found = {
        f"{event.name} in {event.get('file')}:{event.get('function')}"
        for seen in driven
        for event in seen.events
        if not at_sink(claim.witness, event) and _is_dangerous(claim, seen, event)
    }
    return tuple(sorted(found))


def _is_dangerous(claim: Claim, seen: Observation, event: Event) -> bool:
    file, function, maker = event.get("file"), event.get("function"), claim.weakness.witness
    if file is None or function is None or maker is None:
        return False
    there = replace(claim.witness, sink_path=tree_path(file), sink_function=function)
    detail = tuple((key, text) for key, text in event.detail if key != _PURPOSE)
    alone = replace(seen, events=(replace(event, detail=detail),))
    return isinstance(maker.judge(there, there.attacks[0], alone, alone), Shown)


def comparisons(witness: Witness, driven: Sequence[Observation]) -> tuple[str, ...]:
    """Return how the statements of the sink's function compare, sorted: ``SQL like``.

    Beside them, what every drive told in a header or left in a file that bears the value's name.
    """
    found: Counter[str] = Counter()
    for seen in driven:
        for event in seen.events:
            if at_sink(witness, event):
                found |= Counter(_compared(event))
    left = [{one for event in seen.events for one in _left(witness, event)} for seen in driven]
    same = set[str].intersection(*left) if left else set[str]()
    return tuple(sorted((*found.elements(), *same)))


def _left(witness: Witness, event: Event) -> Iterator[str]:
    """Yield what a drive told, read and left that bears the value, or stays of a visitor."""
    text = event.get("text") or ""
    if event.name == "header" and witness.weakness == "header-injection":
        if WORD.search(text):
            yield f"{HEADER}{(event.get('name') or '').lower()}: {text}"
    elif event.name == "log" and witness.weakness == "log-injection":
        words = sorted(set(WORD.findall(text)))
        if words:
            yield f"{LOG}{' '.join(words)}"
    elif event.name == "session":
        yield f"{SESSION}{event.get('key')}: {text if WORD.search(text) else '?'}"
    elif event.name == "command" and witness.weakness in _COMMANDS:
        given = " ".join(one for _, one in event.detail)
        yield f"{WORDS}{' '.join(WORD.findall(given))}"
    else:
        yield from _of_files(witness, event)


def _of_files(witness: Witness, event: Event) -> Iterator[str]:
    path = event.get("real") or ""
    name = PurePosixPath(path).name
    if not WORD.search(name):
        return
    if _is_read(event) and witness.weakness == _PATHS:
        yield f"{READ}{path}"
    if name.startswith(_INPUT):
        return
    if event.get("content") is not None:
        yield f"{FILE}{name} {event.get('content')}"
    elif witness.weakness == _UNPACKED and event.outside and event.name == "file-created":
        # A folder, or a link: there is nothing in it, and it is what the archive has.
        yield f"{FILE}{name}"


def _is_read(event: Event) -> bool:
    """Tell whether an event is that code of the target reads a file."""
    by_target = event.get("file") is not None
    return event.name == "open" and event.get("mode") == "read" and by_target


def _compared(event: Event) -> list[str]:
    statement, filter_ = event.get("sql"), event.get("filter")
    if statement is not None:
        whole = f"{STATEMENT}{asked(statement, event.get('given') or '')}"
        return [*(f"{SQL}{kind.lower()}" for kind in predicates(statement)), whole]
    if filter_ is not None:
        return [f"{QUERY}{one}" for one in queries.predicates(queries.parsed(filter_))]
    expression = event.get("expression")
    if expression is not None:
        said = selections.selected(expression, event.get("variables") or "")
        return [] if said is None else [f"{SELECTION}{said}"]
    searched = event.get("search")
    if searched is not None:
        return [f"{SEARCH}{one}" for one in directories.predicates(searched)]
    return []
