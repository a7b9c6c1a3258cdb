"""Tries the rewriting of costly expressions on the table of the tests, all of it.

    python bench/expressions.py

Says which expressions are written otherwise than the table has it, and how many seconds of the
processor the slowest took; the exit code is 1 if one differs.
"""

import sys
import time
import tomllib
from pathlib import Path

from countermine.regexes.cost import Use
from countermine.regexes.linear import linear
from countermine.regexes.sameness import Asked

TABLE = Path(__file__).parents[1] / "tests" / "unit" / "regexes" / "rewritten.toml"


def main() -> int:
    """Try every row."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["expression"]
    others, slowest = 0, (0.0, "")
    for row in rows:
        began = time.process_time()
        asked = Asked(anywhere=row.get("anywhere", False), groups=row.get("groups", True))
        new = linear(row["old"], row.get("flags", 0), {Use(row["use"])}, asked)
        slowest = max(slowest, (time.process_time() - began, row["old"]))
        if new != row.get("new"):
            others += 1
            print(f"{row['old']!r}: {new!r} instead of {row.get('new')!r}")
    known = sum("new" in row for row in rows)
    print(f"{len(rows)} expressions, {known} with another spelling, {others} not as expected; ")
    print(f"slowest {slowest[0]:.1f} s of the processor: {slowest[1]!r}")
    return int(others > 0)


if __name__ == "__main__":
    sys.exit(main())
