"""Says whether a demonstration showed what it is for; exits with 1 where it did not.

    python examples/check_demo.py DEMO_FOLDER
    python examples/check_demo.py --root RUN.json      # prints where the tree of a run lies

Reads DEMO_FOLDER/release/run.json and DEMO_FOLDER/shop/run.json. The release must have a proven
case; the shop must have one for each class of flaw in `shop/expected.toml`, and none of its quiet
twins may be reported.
"""

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def main() -> int:
    """Print what was proven, and what is missing."""
    if sys.argv[1] == "--root":
        print(read(Path(sys.argv[2]))["run"]["root"])
        return 0
    demo = Path(sys.argv[1])
    expected = tomllib.loads((Path(__file__).parent / "shop" / "expected.toml").read_text())
    release, shop = (read(demo / name / "run.json") for name in ("release", "shop"))
    print(f"proven in the release: {', '.join(sorted(proven(release))) or 'nothing'}")
    print(f"proven in the shop:    {', '.join(sorted(proven(shop))) or 'nothing'}")
    missing = [] if proven(release) else ["no proven case in the release"]
    wanted = {flaw["weakness"] for flaw in expected["flaw"]}
    missing += [f"no proven {name} in the shop" for name in sorted(wanted - proven(shop))]
    missing += [f"a quiet twin is reported: {twin}" for twin in twins(shop, expected)]
    print("\n".join(missing))
    return 1 if missing else 0


def read(path: Path) -> Mapping[str, Any]:
    """Return a run's JSON form."""
    document: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def proven(run: Mapping[str, Any]) -> set[str]:
    """Return the weaknesses that have a proven case."""
    return {
        case["finding"]["weakness"]
        for case in run["cases"]
        if case["verdict"] is not None and case["verdict"]["kind"] == "proven"
    }


def twins(run: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    """Yield the quiet twins that are reported."""
    found = {
        (finding["weakness"], finding["location"]["path"], finding["function"])
        for finding in run["findings"]
    }
    for twin in expected["twin"]:
        if (twin["weakness"], twin["file"], twin["function"]) in found:
            yield f"{twin['file']}, {twin['function']}"


if __name__ == "__main__":
    raise SystemExit(main())
