"""Tries every claim about a sandbox on one adapter, and prints those that do not hold.

``python bench/sandbox_adapters.py container`` needs root; exits with 1 when a claim fails. The
claims on bubblewrap are tests (``tests/conformance``); other adapters are experimental.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from countermine.core.errors import SandboxUnavailableError
from countermine.ports.sandbox import Sandbox, SandboxName
from countermine.sandbox.bubblewrap import BubblewrapSandbox
from countermine.sandbox.oci import container, gvisor
from countermine.testing.sandbox_bench import Claim, ConformanceError
from countermine.testing.sandbox_conformance import CLAIMS, check_claim

FACTORIES: dict[SandboxName, Callable[[], Sandbox]] = {
    SandboxName.BUBBLEWRAP: BubblewrapSandbox.create,
    SandboxName.CONTAINER: container,
    SandboxName.GVISOR: gvisor,
}


def tried(claim: Claim, factory: Callable[[], Sandbox]) -> str:
    """Return why a claim does not hold, or nothing."""
    with tempfile.TemporaryDirectory(prefix="countermine-", ignore_cleanup_errors=True) as name:
        try:
            check_claim(claim, factory, Path(name))
        except (ConformanceError, SandboxUnavailableError, OSError) as problem:
            return f"{type(problem).__name__}: {problem}".replace("\n", " ")
    return ""


def main() -> int:
    """Try and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("adapter", choices=[str(name) for name in SandboxName])
    parser.add_argument("--only", default="", help="a part of the names of claims")
    options = parser.parse_args()
    factory = FACTORIES[SandboxName(options.adapter)]
    chosen = [claim for claim in CLAIMS if options.only in claim.__name__]
    failed = 0
    for claim in chosen:
        started = time.monotonic()
        why = tried(claim, factory)
        failed += bool(why)
        took = time.monotonic() - started
        print(f"{took:6.2f} s  {claim.__name__}: {why[:400] or 'holds'}", flush=True)
    print(f"{options.adapter}: {len(chosen) - failed} of {len(chosen)} claims hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
