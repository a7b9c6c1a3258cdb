"""Write ``docs/libraries.md``: what the catalogue knows, counted from the catalogue.

Run it after a change of the rows; with ``--check`` it only tells whether the page agrees.
"""

import sys
import tomllib
from collections import Counter
from importlib import resources
from pathlib import Path

from countermine.catalogue.loader import parse_rows
from countermine.catalogue.schema import Rows

PAGE = Path(__file__).resolve().parent.parent / "docs" / "libraries.md"
_HEAD = """<!-- Written by support/library_list.py. Change the rows of the catalogue instead. -->

# Libraries that are known

{calls} dangerous uses of {libraries} libraries and modules in {rows} rows, and {sources} places
where data comes in. [catalogue.md](catalogue.md) says what a row is and how to add your own.

A row is a table `[[sink]]`; a dangerous use is one dotted name with one kind of danger, however
many rows are about it. A library is the first part of such a name: methods of receivers of which
nothing is known (`*.execute`) and builtins belong to none.

| library | dangerous calls | sources and entry points | checks and escapes | kinds |
|---|---|---|---|---|
"""


def _calls(rows: Rows) -> set[tuple[str, str]]:
    return {(name, row.kind) for row in rows.sinks for name in row.names}


def _sources(rows: Rows) -> set[str]:
    entered = {
        name for row in rows.handlers for name in (*row.decorators, *row.bases, *row.registrars)
    }
    named = {f"({', '.join(row.parameters)})" for row in rows.handlers if row.parameters}
    return {name for row in rows.sources for name in row.names} | entered | named


def _checks(rows: Rows) -> set[str]:
    escapes = {name for row in rows.sanitizers for name in row.names}
    return escapes | {name for row in rows.guards for name in row.names}


def _libraries(calls: set[tuple[str, str]]) -> set[str]:
    return {name.partition(".")[0] for name, _ in calls if "." in name and name[0] != "*"}


def page() -> str:
    """Return the page."""
    lines: list[tuple[str, str]] = []
    calls: set[tuple[str, str]] = set()
    sources: set[str] = set()
    written = 0
    for item in resources.files("countermine.catalogue").joinpath("python").iterdir():
        if not item.name.endswith(".toml"):
            continue
        document = tomllib.loads(item.read_text(encoding="utf-8"))
        rows = parse_rows(document, item.name)
        own = _calls(rows)
        written += len(rows.sinks)
        calls |= own
        sources |= _sources(rows)
        kinds = Counter(kind for _, kind in own)
        library = str(document["library"])
        cells = [
            f"[{library}]({document['documentation']})",
            str(len(own)),
            str(len(_sources(rows))),
            str(len(_checks(rows))),
            ", ".join(sorted(kinds)),
        ]
        lines.append((library.lower(), f"| {' | '.join(cells)} |"))
    head = _HEAD.format(
        calls=len(calls), libraries=len(_libraries(calls)), rows=written, sources=len(sources)
    )
    return head + "\n".join(line for _, line in sorted(lines)) + "\n"


def main() -> int:
    """Write the page, or with ``--check`` return 1 where it is out of date."""
    wanted = page()
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == wanted:
        return 0
    if "--check" in sys.argv[1:]:
        print(f"docs/{PAGE.name} is out of date: run support/{Path(__file__).name}")
        return 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
