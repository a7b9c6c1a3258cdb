"""Write the page of each weakness under ``docs/weaknesses/`` from its facts and its cases.

Run it after a change of ``facts.py``, ``cases.md`` or the catalogue; with ``--check`` it only tells
whether the pages agree.
"""

import sys
from pathlib import Path

from countermine.catalogue.loader import load
from countermine.catalogue.schema import Catalogue
from countermine.core.knowledge import Weakness
from countermine.core.weakness import WeaknessFacts
from countermine.report.cwe import cwe_name, cwe_url
from countermine.weaknesses.facts_index import ALIASES
from countermine.weaknesses.registry import BUILT_IN

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "weaknesses"
CASES = ROOT / "src" / "countermine" / "weaknesses"
_NOTE = "<!-- Written by support/weakness_pages.py. Change facts.py or cases.md instead. -->"


def page(weakness: Weakness, catalogue: Catalogue, cases: str) -> str:
    """Return the page of a weakness."""
    facts = weakness.facts
    heading, _, text = cases.partition("\n")
    remedies = ", ".join(f"`{remedy.name}`" for remedy in weakness.remedies) or "none"
    witness = "it is driven in the sandbox" if weakness.witness else "none"
    return "\n".join(
        [
            _NOTE,
            "",
            heading,
            "",
            f"{facts.summary} An attacker can {facts.consequence}.",
            "",
            "| | |",
            "|---|---|",
            f"| id | {_ids(facts)} |",
            f"| CWE | [CWE-{facts.cwe}]({cwe_url(facts.cwe)}): {cwe_name(facts.cwe)} |",
            f"| severity, from a remote source | {facts.severity} |",
            f"| sources that count | {_levels(facts)} |",
            f"| fixed by hand | {facts.advice} |",
            f"| remedies | {remedies} |",
            f"| witness | {witness} |",
            "",
            text.strip(),
            "",
            "## Calls that are watched",
            "",
            *_calls(facts, catalogue),
            "",
        ]
    )


def _ids(facts: WeaknessFacts) -> str:
    others = sorted(alias for alias, name in ALIASES.items() if name == facts.id)
    also = ", ".join(f"`{alias}`" for alias in others)
    return f"`{facts.id}`" + (f", also {also}" if also else "")


def _levels(facts: WeaknessFacts) -> str:
    everywhere = ", ".join(facts.levels)
    if not facts.levels_behind_prefix:
        return everywhere
    return f"{everywhere}; behind a fixed beginning also {', '.join(facts.levels_behind_prefix)}"


def _calls(facts: WeaknessFacts, catalogue: Catalogue) -> list[str]:
    names = {
        name for row in catalogue.rows.sinks if row.kind in facts.sink_kinds for name in row.names
    }
    return [f"- `{name}`" for name in sorted(names)]


def main() -> int:
    """Write the pages, or with ``--check`` return 1 where one is out of date."""
    catalogue = load()
    wanted = {
        PAGES / f"{weakness.facts.id}.md": page(
            weakness,
            catalogue,
            (CASES / weakness.facts.id.replace("-", "_") / "cases.md").read_text(encoding="utf-8"),
        )
        for weakness in BUILT_IN
    }
    stale = sorted(
        path
        for path in {*wanted, *PAGES.glob("*.md")}
        if not path.exists() or wanted.get(path) != path.read_text(encoding="utf-8")
    )
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of date: run support/weakness_pages.py")
        return 1 if stale else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for path in stale:
        if path in wanted:
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
