"""Write the tables in the examples' README files from their ``expected.toml``.

Run it after a change of ``expected.toml``; with ``--check`` it only tells whether they agree.
"""

import re
import sys
import tomllib
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def with_tables(readme: str, expected: str) -> str:
    """Return a README with its tables made anew from the text of an ``expected.toml``."""
    rows = tomllib.loads(expected)
    return _TABLE.sub(lambda found: found[1] + _table(found[2], rows[found[2]]) + found[3], readme)


def _table(kind: str, rows: list[dict[str, str]]) -> str:
    heads = {
        "flaw": ("weakness", "way in", "sink", "where"),
        "twin": ("weakness", "way in", "why it is none", "where"),
    }[kind]
    lines = [" | ".join(heads), " | ".join("---" for _ in heads)]
    for row in rows:
        middle = f"`{row['sink']}`" if kind == "flaw" else row["why"]
        place = f"`{row['file']}`, `{row['function']}`"
        lines.append(" | ".join((row["weakness"], f"`{row['route']}`", middle, place)))
    return "\n" + "".join(f"| {line} |\n" for line in lines) + "\n"


def main() -> int:
    """Write the tables, or with ``--check`` return 1 where one is out of date."""
    stale = 0
    for expected in sorted(EXAMPLES.glob("*/expected.toml")):
        readme = expected.with_name("README.md")
        old = readme.read_text()
        new = with_tables(old, expected.read_text())
        if new != old and "--check" in sys.argv[1:]:
            print(f"{readme} is out of date: run {Path(__file__).name}")
            stale = 1
        elif new != old:
            readme.write_text(new)
    return stale


if __name__ == "__main__":
    raise SystemExit(main())
