"""What the sandbox adds to a command: ``/bin/true`` inside and outside, in turn.

Prints medians in milliseconds; ``--limit`` fails when the sandbox adds more than that. With
``--watched`` prints what a call costs that is seen from outside the process.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from countermine.ports.sandbox import Exited, Mount, Sandbox, SandboxCommand
from countermine.prove.harness import guard
from countermine.sandbox.detect import choose

TRUE = "/usr/bin/true"
CALLS = 2000
OPENING = """
import os, sys, time
sys.path.insert(0, '/countermine/lib')
from countermine.prove.harness import guard
guard.made().enter()
started = time.perf_counter()
for _ in range(int(sys.argv[1])):
    os.close(os.open('/dev/null', os.O_RDONLY))
print((time.perf_counter() - started) * 1e6 / int(sys.argv[1]))
"""


def timed(action: Callable[[], None]) -> float:
    """Return the milliseconds that an action takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def watched(sandbox: Sandbox, mounts: tuple[Mount, ...], times: int) -> None:
    """Print the microseconds of opening a file, seen from outside and not."""
    harness = Path(guard.__file__).parent
    own = Mount(host=harness, inside="/countermine/lib/countermine/prove/harness")
    python = str(Path(sys.executable).resolve())
    found: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(times):
        for seen, costs in found.items():
            outcome = sandbox.run(
                SandboxCommand(
                    argv=(python, "-I", "-S", "-B", "-c", OPENING, str(CALLS)),
                    cwd="/",
                    mounts=(*mounts, own),
                    watched=seen,
                )
            )
            costs.append(float(outcome.stdout))
    within, without = (statistics.median(found[seen]) for seen in (True, False))
    print(f"opening a file {without:.1f} us, seen from outside {within:.1f} us")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--limit", type=float, help="milliseconds")
    parser.add_argument("--watched", action="store_true")
    options = parser.parse_args()
    sandbox = choose()
    prefix = Path(sys.base_prefix).resolve()
    mounts = () if prefix.is_relative_to("/usr") else (Mount(host=prefix, inside=str(prefix)),)
    command = SandboxCommand(argv=(TRUE,), cwd="/", mounts=mounts)

    if options.watched:
        watched(sandbox, mounts, options.times)
        return 0

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
