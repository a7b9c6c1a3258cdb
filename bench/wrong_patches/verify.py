"""Shows with its exploit that each wrong patch is wrong, and each right one is not.

    python bench/wrong_patches/verify.py [--only TEXT] [--jobs 2]

The unpatched tree comes first: every use must work there, and attacks must. Exit code 1 where a
patch is not what it is said to be.
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor

from candidates import Candidate, apply, copied, environment_of, flaws, listed, tree_of
from exploiting import Tried, try_exploit


def tried(candidate: Candidate) -> Tried:
    """Apply a patch to a copy of its tree and run the exploit there."""
    with copied(tree_of(candidate.flaw.tree)) as tree:
        try:
            apply(candidate.diff, tree)
        except ValueError as error:
            return Tried(works=(), lost=(), trouble=f"does not apply: {error}")
        return try_exploit(candidate.flaw, tree, first=True)


def shown(result: Tried) -> str:
    """Say in one line what an exploit showed."""
    if result.trouble:
        return "trouble: " + " | ".join(result.trouble.splitlines()[-2:])
    return f"{len(result.works)} attacks work {list(result.works)[:2]}, lost {list(result.lost)}"


def main() -> int:
    """Verify everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of a patch's id")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    bad = 0
    for flaw in flaws().values():
        if not any(
            options.only in c.id for c in listed("written") + listed("right") if c.flaw == flaw
        ):
            continue
        environment_of(flaw.needs, flaw.python)
        result = try_exploit(flaw, tree_of(flaw.tree))
        fine = bool(result.works) and not result.lost and not result.trouble
        bad += not fine
        print("ok " if fine else "BAD", flaw.name, "unpatched:", shown(result), flush=True)
    for folder in ("right", "written"):
        chosen = [one for one in listed(folder) if options.only in one.id]
        with ThreadPoolExecutor(options.jobs) as pool:
            for one, result in zip(chosen, pool.map(tried, chosen), strict=True):
                fine = result.right if folder == "right" else result.wrong
                bad += not fine
                if not fine:
                    print("BAD", folder, one.id, shown(result), flush=True)
        print(folder, len(chosen), flush=True)
    print("bad:", bad)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
