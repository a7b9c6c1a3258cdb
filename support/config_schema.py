"""Writes docs/schemas/countermine.schema.json, the JSON schema of countermine.toml.

    python support/config_schema.py [--check]

With --check nothing is written; the exit status is 1 if the file is not what it would be.
"""

import json
import sys
from pathlib import Path

from countermine.cli.config import schema

PLACE = Path(__file__).parents[1] / "docs" / "schemas" / "countermine.schema.json"


def main() -> int:
    """Write the schema, or compare it."""
    text = json.dumps(schema(), indent=2) + "\n"
    if "--check" not in sys.argv[1:]:
        PLACE.write_text(text, encoding="utf-8")
        return 0
    if PLACE.is_file() and PLACE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PLACE.name} is out of date: run python support/config_schema.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
