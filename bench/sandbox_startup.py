"""What the sandbox adds to a command: ``/bin/true`` inside and outside, in turn.

Prints medians in milliseconds; ``--limit`` fails when the sandbox adds more than that.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from countermine.ports.sandbox import Exited, Mount, SandboxCommand
from countermine.sandbox.detect import choose

TRUE = "/usr/bin/true"


def timed(action: Callable[[], None]) -> float:
    """Return the milliseconds that an action takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--limit", type=float, help="milliseconds")
    options = parser.parse_args()
    sandbox = choose()
    prefix = Path(sys.base_prefix).resolve()
    mounts = () if prefix.is_relative_to("/usr") else (Mount(host=prefix, inside=str(prefix)),)
    command = SandboxCommand(argv=(TRUE,), cwd="/", mounts=mounts)

    def inside() -> None:
        outcome = sandbox.run(command)
        if not isinstance(outcome, Exited) or outcome.exit_code != 0:
            message = f"{TRUE} did not run: {outcome}"
            raise SystemExit(message)

    def outside() -> None:
        subprocess.run([TRUE], check=True, env={})

    inside()
    pairs = [(timed(outside), timed(inside)) for _ in range(options.times)]
    without, within = (statistics.median(column) for column in zip(*pairs, strict=True))
    user = "root" if os.geteuid() == 0 else "an ordinary user"
    print(f"as {user}, {options.times} times: {TRUE} {without:.1f} ms, in {sandbox.name}")
    print(f"{within:.1f} ms; the sandbox adds {within - without:.1f} ms")
    return 1 if options.limit is not None and within - without > options.limit else 0


if __name__ == "__main__":
    sys.exit(main())
