"""Claims about bounds: time, memory, processes, files, output; and that nothing is left."""

import shutil
import threading
import time
from dataclasses import replace

from countermine.ports.sandbox import Access, Bound, Exited, Mount, SandboxOutcome, Stopped
from countermine.testing.sandbox_bench import SMALL, Bench, expect, writable

SOON_S = 10.0
"""Much longer than a run takes, much shorter than what it is told to do."""


def results_are_passed_on(bench: Bench) -> None:
    """Exit code, signal, both outputs and input."""
    outcome = bench.run(
        "import sys; sys.stdout.write(sys.stdin.read()[::-1]); sys.stderr.write('e'); sys.exit(3)",
        stdin=b"abc",
    )
    expect(
        isinstance(outcome, Exited)
        and (outcome.exit_code, outcome.stdout, outcome.stderr) == (3, b"cba", b"e"),
        f"not passed on: {outcome}",
    )
    said = bench.say("open('/dev/stdout', 'w').write('by name')")
    expect(said == "by name", f"a stream cannot be opened by name: {said!r}")
    named = bench.say("import socket; print(socket.gethostbyname(socket.gethostname()))")
    expect(named == "127.0.0.1\n", f"the sandbox does not know its own name: {named!r}")
    killed = bench.run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    expect(
        isinstance(killed, Exited) and killed.exit_code == 128 + 9,
        f"a signal is not seen in the exit code: {killed}",
    )


def input_may_be_large_or_unread(bench: Bench) -> None:
    """A command that does not read its input is not waited for."""
    large = b"x" * (4 << 20)
    read = bench.run("import sys; print(len(sys.stdin.buffer.read()))", stdin=large)
    expect(isinstance(read, Exited) and read.stdout == b"4194304\n", f"input was cut: {read}")
    unread = bench.run("print('done')", stdin=large)
    expect(isinstance(unread, Exited) and unread.stdout == b"done\n", f"hung on input: {unread}")


def time_is_bounded(bench: Bench) -> None:
    """A command that ignores signals ends at the bound."""
    for source in (
        "import time; print('begun', flush=True); time.sleep(60)",
        """
import signal
for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
print('begun', flush=True)
while True:
    pass
""",
    ):
        outcome, took = _timed(bench, source, wall_s=1.0)
        _stopped_at(outcome, Bound.WALL)
        expect(outcome.stdout == b"begun\n", f"output before the bound was lost: {outcome}")
        expect(took < SOON_S, f"a bound of a second took {took:.1f} s")


def nothing_outlives_its_command(bench: Bench) -> None:
    """A daemon is gone when ``run`` returns, whether the command ended or was stopped."""
    daemon = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            with open('/box/beat', 'a') as beat:
                beat.write('.')
            time.sleep(0.01)
    os._exit(0)
while not os.path.exists('/box/beat'):
    time.sleep(0.01)
if sys.argv[1] == 'stay':
    time.sleep(60)
print('ended')
"""
    for way, wall_s in (("leave", 20.0), ("stay", 1.5)):
        work = bench.fresh(way)
        started = time.monotonic()
        bench.run(daemon, way, mounts=(writable(work),), limits=replace(SMALL, wall_s=wall_s))
        took = time.monotonic() - started
        size = (work / "beat").stat().st_size
        time.sleep(0.15)
        expect((work / "beat").stat().st_size == size, f"a daemon outlived its command ({way})")
        expect(took < SOON_S, f"a daemon that holds the output kept run waiting {took:.1f} s")


def memory_is_bounded(bench: Bench) -> None:
    """For one process, for many together, for what waits in sockets, for files that are memory."""
    one = "x = []\nwhile True: x.append(b'a' * (8 << 20))"
    many = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        x = b'a' * (48 << 20)
        time.sleep(20)
time.sleep(20)
"""
    shared = """
import mmap
keep = []
while True:
    area = mmap.mmap(-1, 8 << 20)
    area.write(b'a' * (8 << 20))
    keep.append(area)
"""
    sockets = """
import os, socket, time
keep = []
for _ in range(8):
    if os.fork() == 0:
        while True:
            try:
                a, b = socket.socketpair()
                keep += [a, b]
                a.setblocking(False)
                while True:
                    a.send(b'a' * (1 << 16))
            except BlockingIOError:
                pass
            except OSError:
                break
        time.sleep(20)
time.sleep(20)
"""
    for source in (one, many, shared, sockets):
        _stopped_at(bench.run(source), Bound.MEMORY)
    parts = """
import os, time
x = b'a' * (64 << 20)
children = []
for _ in range(8):
    pid = os.fork()
    if pid == 0:
        break
    children.append(pid)
if len(children) < 8:
    time.sleep(0.3)
    os._exit(0)
for pid in children:
    os.waitpid(pid, 0)
"""
    together = bench.run(parts)
    expect(isinstance(together, Exited), f"shared memory was counted for each: {together}")
    files = """
import os
for number in range(40):
    with open(f'/tmp/{number}', 'wb') as file:
        file.write(b'a' * (6 << 20))
import time; time.sleep(20)
"""
    limits = replace(SMALL, memory_bytes=100 << 20, scratch_bytes=1 << 30)
    _stopped_at(bench.run(files, limits=limits), Bound.MEMORY)


def processes_are_bounded(bench: Bench) -> None:
    """Neither processes nor threads can be made without end."""
    said = bench.say(
        """
import os, sys, time
made = 0
try:
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(30)
        made += 1
except OSError:
    print(made)
""",
    )
    expect(said.strip().isdigit(), "200 processes could be made where 24 are allowed")
    expect(0 < int(said) <= SMALL.processes, f"{said.strip()} processes where 24 are allowed")
    said = bench.say(
        """
import threading, time
made = 0
try:
    for _ in range(200):
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        made += 1
except RuntimeError:
    print(made, flush=True)
import os
os._exit(0)
""",
    )
    expect(said.strip().isdigit(), "200 threads could be made where 24 are allowed")


def files_are_bounded(bench: Bench) -> None:
    """A file does not grow past the bound, in scratch space or in a writable mount."""
    work = bench.fresh("work")
    bench.say(
        """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for place in ('/tmp/file', '/box/file'):
    try:
        with open(place, 'wb') as file:
            while True:
                file.write(b'a' * (1 << 20))
    except OSError as error:
        pass
    try:
        os_truncate = open(place, 'r+b').truncate(1 << 30)
    except OSError:
        pass
""",
        mounts=(writable(work),),
    )
    size = (work / "file").stat().st_size
    expect(size <= SMALL.file_bytes, f"a file of {size} bytes where {SMALL.file_bytes} are allowed")


def scratch_space_is_bounded(bench: Bench) -> None:
    """All temporary places together."""
    outcome = bench.run(
        """
import os, time
total = 0
for place in ('/tmp', '/dev/shm', '/copy'):
    try:
        for number in range(100):
            with open(f'{place}/{number}', 'wb', buffering=0) as file:
                for _ in range(100):
                    total += file.write(b'a' * (1 << 16))
    except OSError as error:
        pass
    print(total, flush=True)
time.sleep(20)
""",
        mounts=(_overlay(bench),),
    )
    _stopped_at(outcome, Bound.SCRATCH)
    most = max((int(word) for word in outcome.stdout.split()), default=0)
    expect(most <= SMALL.scratch_bytes, f"{most} bytes of scratch, {SMALL.scratch_bytes} allowed")


def a_writable_mount_cannot_fill_the_disk(bench: Bench) -> None:
    """What a run adds to writable mounts counts as scratch space."""
    work = bench.fresh("work")
    outcome = bench.run(
        """
import time
for number in range(1000):
    with open(f'/box/{number}', 'wb') as file:
        file.write(b'a' * (4 << 20))
    time.sleep(0.02)
""",
        mounts=(writable(work),),
    )
    _stopped_at(outcome, Bound.SCRATCH)


def a_deep_tree_is_not_left_behind(bench: Bench) -> None:
    """Folders within folders, deeper than programs that remove them can recurse."""
    work = bench.fresh("work")
    (work / "sub").mkdir()
    outcome = bench.run(
        """
import os
os.chdir('/box/sub')
for number in range(300):
    os.mkdir('a' * 20)
    os.chdir('a' * 20)
    open('file', 'w').close()
os.chmod('.', 0)
print('made')
""",
        mounts=(writable(work),),
    )
    # On a busy machine it may be seen, and stopped, before it is as deep as was wanted.
    made = outcome.stdout == b"made\n" or isinstance(outcome, Stopped)
    expect(made, f"a deep tree could not be made: {outcome}")
    _stopped_at(outcome, Bound.SCRATCH)
    shutil.rmtree(work)


def empty_files_are_bounded(bench: Bench) -> None:
    """Names cost the kernel memory that sizes do not show."""
    limits = replace(SMALL, memory_bytes=40 << 20)
    outcome = bench.run(
        "n = 0\nwhile True:\n  open(f'/tmp/{n}', 'w').close()\n  n += 1", limits=limits
    )
    expect(
        isinstance(outcome, Exited) or outcome.bound in {Bound.MEMORY, Bound.SCRATCH},
        f"empty files could be made until time was up: {outcome}",
    )


def output_is_bounded(bench: Bench) -> None:
    """Each of the two outputs ends at the bound, and so does the command."""
    for stream in ("stdout", "stderr"):
        outcome, took = _timed(
            bench, f"import sys\nwhile True: sys.{stream}.write('a' * 4096)", wall_s=20.0
        )
        _stopped_at(outcome, Bound.OUTPUT)
        size = len(outcome.stdout) + len(outcome.stderr)
        expect(size == SMALL.output_bytes, f"{size} bytes of output were kept")
        expect(took < SOON_S, f"stopping took {took:.1f} s")
    exact = bench.run("import sys; sys.stdout.write('a' * (64 << 10))")
    expect(isinstance(exact, Exited), "output of exactly the bound was taken for too much")


def runs_do_not_meet(bench: Bench) -> None:
    """Two commands at once share neither scratch space nor anything else."""
    source = """
import os, sys, time
open('/tmp/' + sys.argv[1], 'w').close()
time.sleep(0.2)
print(os.listdir('/tmp'))
"""
    outcomes: dict[str, SandboxOutcome] = {}

    def one(name: str) -> None:
        outcomes[name] = bench.run(source, name)

    threads = [threading.Thread(target=one, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, outcome in outcomes.items():
        expect(outcome.stdout.decode() == f"['{name}']\n", f"runs met: {outcome}")
    expect(sorted(outcomes) == ["a", "b", "c"], "a run was lost")


def _overlay(bench: Bench) -> Mount:
    folder = bench.fresh("copied")
    (folder / "file").write_text("x")
    return Mount(host=folder, inside="/copy", access=Access.OVERLAY)


def _timed(bench: Bench, source: str, wall_s: float) -> tuple[SandboxOutcome, float]:
    started = time.monotonic()
    outcome = bench.run(source, limits=replace(SMALL, wall_s=wall_s))
    return outcome, time.monotonic() - started


def _stopped_at(outcome: SandboxOutcome, bound: Bound) -> None:
    stopped = isinstance(outcome, Stopped) and outcome.bound is bound
    expect(stopped, f"not stopped at {bound}: {outcome}")


BOUNDS = (
    results_are_passed_on,
    input_may_be_large_or_unread,
    time_is_bounded,
    nothing_outlives_its_command,
    memory_is_bounded,
    processes_are_bounded,
    files_are_bounded,
    scratch_space_is_bounded,
    a_writable_mount_cannot_fill_the_disk,
    a_deep_tree_is_not_left_behind,
    empty_files_are_bounded,
    output_is_bounded,
    runs_do_not_meet,
)
