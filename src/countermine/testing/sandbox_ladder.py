"""Claims about hostile targets: whatever they do to the observer, their silence is not believed.

Each drives a function of a target that was written against Countermine. It starts a program with
the canary, and tries to have that go unseen.
"""

import sys
from pathlib import Path

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import Environment, NoTests
from countermine.core.spans import tree_path
from countermine.core.weakness import Fingerprint, WeaknessId
from countermine.core.witnesses import Input, Observation, Stimulus, Witness, WitnessKind
from countermine.prove.drive.drive import drive
from countermine.prove.drive.outside import MARKS, hidden
from countermine.prove.drive.request import DriveRequest
from countermine.testing.sandbox_bench import Bench, expect

_SILENCE = """
import os
def silenced(observer, value):
    kept, observer._write = observer._write, None
    os.system('true ' + value)
    observer._write = kept
def found(frame, value):
    while frame is not None:
        for one in list(frame.f_locals.values()):
            if type(one).__name__ == 'Observer':
                silenced(one, value)
                return
        frame = frame.f_back
    os.system('true ' + value)
"""


def the_observer_is_not_silenced_through_frames(bench: Bench) -> None:
    """Those below on the stack, of an exception, and those that a signal interrupts."""
    _not_believed(bench, "import sys\ndef run(value):\n    found(sys._getframe(), value)\n")
    _not_believed(
        bench,
        "def run(value):\n    try:\n        1 / 0\n    except ZeroDivisionError as error:\n"
        "        found(error.__traceback__.tb_frame, value)\n",
    )
    _not_believed(
        bench,
        "import signal\ndef run(value):\n"
        "    signal.signal(signal.SIGUSR1, lambda number, frame: found(frame, value))\n"
        "    signal.raise_signal(signal.SIGUSR1)\n",
    )


def the_observer_is_not_silenced_through_classes(bench: Bench) -> None:
    """Every class of the process is found by anybody, and can be changed."""
    _not_believed(
        bench,
        """
def run(value):
    for one in object.__subclasses__():
        if one.__name__ == 'Observer':
            kept, one._keep = one._keep, lambda *a, **k: None
            os.system('true ' + value)
            one._keep = kept
""",
    )


def the_observer_is_not_silenced_through_the_collector(bench: Bench) -> None:
    """Every object of the process is found through the garbage collector."""
    _not_believed(
        bench,
        """
import gc
def run(value):
    gc.unfreeze()
    for one in gc.get_objects():
        if type(one).__name__ == 'Observer':
            silenced(one, value)
""",
    )


def the_observer_is_not_silenced_through_a_wrapper(bench: Bench) -> None:
    """A wrapped call holds on to what it reports to."""
    _not_believed(
        bench,
        """
import hashlib
def run(value):
    for cell in hashlib.md5.__closure__:
        if type(cell.cell_contents).__name__ == 'Observer':
            silenced(cell.cell_contents, value)
""",
    )


def records_are_not_changed_on_their_way(bench: Bench) -> None:
    """What the observer is built from is changed while the effect happens, and put back."""
    _not_believed(
        bench,
        """
import json
def run(value):
    real = json._default_encoder
    class Encoder:
        def encode(self, what):
            return real.encode([*what[:2], 'stat', {}] if what[2] == 'command' else what)
    json._default_encoder = Encoder()
    os.system('true ' + value)
    json._default_encoder = real
""",
    )
    for name in ("getattr", "repr", "isinstance", "sorted"):
        _not_believed(
            bench,
            f"""
import builtins
def run(value):
    real = builtins.{name}
    builtins.{name} = lambda *a, **k: True
    try:
        os.system('true ' + value)
    finally:
        builtins.{name} = real
""",
        )
    _not_believed(
        bench,
        """
import hashlib, hmac, secrets, sys
def run(value):
    kept = sys._getframe, hashlib.blake2b, hmac.new, secrets.compare_digest
    sys._getframe = hashlib.blake2b = hmac.new = secrets.compare_digest = lambda *a, **k: None
    os.system('true ' + value)
    sys._getframe, hashlib.blake2b, hmac.new, secrets.compare_digest = kept
""",
    )


def code_that_runs_unseen_is_known_to_the_kernel(bench: Bench) -> None:
    """A value that is evaluated while the observer is silent asks the kernel for its own name."""
    source = """
import sys
def run(value):
    frame = sys._getframe()
    while frame is not None:
        for one in list(frame.f_locals.values()):
            if type(one).__name__ == 'Observer':
                kept, one._write = one._write, None
                eval(value)
                one._write = kept
                return
        frame = frame.f_back
"""
    seen = _driven(bench, source, attack=f"__import__('os').access('{MARKS}{{canary}}', 0)")
    told = any(event.name in {"exec", "compile", "mark"} for event in seen.events)
    expect(told or not _believed(seen), f"code ran unseen: {seen}")


def forged_records_are_not_believed(bench: Bench) -> None:
    """Closing records under no key, on every descriptor, before the process ends itself."""
    seen = _driven(
        bench,
        """
def run(value):
    for fd in range(3, 1024):
        for line in (b'0123 ["main", 1, "countermine.closed", {"lost": "0"}]\\n',
                     b'0123 ["main", 0, "reached", {"result": "1"}]\\n'):
            try:
                os.write(fd, line)
            except OSError:
                pass
    os.system('true ' + value)
    os._exit(0)
""",
    )
    expect(not _believed(seen), f"forged records were believed: {seen}")


def the_harness_cannot_be_killed_after_the_end(bench: Bench) -> None:
    """Ending every process that can be reached leaves nothing that counts as an answer."""
    seen = _driven(
        bench,
        """
import signal
def run(value):
    for name in os.listdir('/proc'):
        if name.isdigit() and int(name) not in (1, os.getpid()):
            try:
                os.kill(int(name), signal.SIGKILL)
            except OSError:
                pass
    os.system('true ' + value)
    os._exit(0)
""",
    )
    expect(not _believed(seen), f"an answer after the end of the harness: {seen}")


def the_memory_of_the_harness_is_shut(bench: Bench) -> None:
    """Whoever holds the key cannot be read or written, nor can what it reads from."""
    seen = _driven(
        bench,
        """
def run(value):
    found = []
    loader = os.getppid()
    stat = open(f'/proc/{loader}/stat').read()
    parent = int(stat.rpartition(')')[2].split()[1])
    for name in ('mem', 'environ', 'fd/191', 'fd/190'):
        for mode in (os.O_RDONLY, os.O_RDWR):
            try:
                os.close(os.open(f'/proc/{parent}/{name}', mode))
                found.append(name)
            except OSError:
                pass
    return parent > 1, found
""",
    )
    shut = (seen.result or "").endswith("(True, list())")
    expect(shut, f"the harness could be looked into: {seen.result} {seen.error}")


def nothing_of_one_stimulus_is_there_in_the_next(bench: Bench) -> None:
    """A daemon that a legitimate use leaves behind is gone before the attack is driven."""
    seen = _driven(
        bench,
        """
import time
def run(value):
    if value == 'benign':
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(30)
            os._exit(0)
        os.wait()
    return len([name for name in os.listdir('/proc') if name.isdigit()])
""",
    )
    most = 4
    few = seen.result is not None and seen.result.isdigit() and int(seen.result) <= most
    expect(few, f"processes of another stimulus: {seen.result} {seen.error}")


def the_harness_is_not_found_by_name(bench: Bench) -> None:
    """Neither as a module, nor as the program that was started, nor on the path."""
    seen = _driven(
        bench,
        """
import sys
def run(value):
    names = [name for name in sys.modules if name.split('.')[0] == 'countermine']
    return names, sorted(name for name in vars(sys.modules['__main__']) if name[0] != '_'), [
        path for path in sys.path if 'countermine' in path]
""",
    )
    expect(seen.result == "tuple(list(), list(), list())", f"the harness is found: {seen.result}")


def modules_of_the_target_do_not_replace_those_of_the_harness(bench: Bench) -> None:
    """Files named as modules of Python, and those that Python runs by itself."""
    evil = "raise SystemExit('the target was imported by the harness')\n"
    names = (
        "json.py", "os.py", "site.py", "sitecustomize.py", "usercustomize.py", "socket.py",
        "ctypes.py", "selectors.py", "array.py", "conftest.py", "setup.py", "countermine.py",
        "hashlib/__init__.py", "countermine/__init__.py",
    )  # fmt: skip
    files = dict.fromkeys(names, evil)
    files["evil.pth"] = "import os; os._exit(0)\n"
    files["pyproject.toml"] = '[build-system]\nrequires = []\nbuild-backend = "setup"\n'
    seen = _driven(bench, "def run(value):\n    os.system('true ' + value)\n", files)
    told = any(event.name == "command" and not event.outside for event in seen.events)
    expect(_trusted(seen) and told, f"modules of the target reached the harness: {seen}")


def _not_believed(bench: Bench, source: str) -> None:
    """Fail where an effect that happened left an observation that counts as silence."""
    seen = _driven(bench, source)
    told = any(event.name == "command" and not event.outside for event in seen.events)
    expect(told or not _believed(seen), f"silence was believed: {source}\n{seen}")


def _believed(seen: Observation) -> bool:
    """Tell whether that nothing is told would count as that nothing happened."""
    return _trusted(seen) and hidden(seen) is None


def _trusted(seen: Observation) -> bool:
    return seen.probes_held and seen.closed and seen.reached


def _driven(
    bench: Bench,
    source: str,
    files: dict[str, str] | None = None,
    *,
    attack: str = "{canary}",
) -> Observation:
    """Return what was seen of the attack, after a legitimate use."""
    number = sum(1 for _ in bench.folder.iterdir())
    tree = bench.fresh(f"tree-{number}")
    for name, text in {"app.py": _SILENCE + source, **(files or {})}.items():
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text(text)
    witness = _witness(attack)
    environment = Environment(
        python=bench.python,
        version=(sys.version_info.major, sys.version_info.minor),
        mounts=tuple(
            str(path) for path in bench.python_mounts if not path.is_relative_to(Path("/usr"))
        ),
        import_roots=(".",),
        tests=NoTests(reason="there are none"),
    )
    driven = drive(
        DriveRequest(
            witness=witness,
            stimuli=(*witness.controls, *witness.attacks),
            tree=tree,
            environment=environment,
            sandbox=bench.sandbox,
            stimulus_s=10.0,
        )
    )
    return driven[1]


def _witness(attack: str) -> Witness:
    entry = EntryPoint(
        kind=EntryKind.FUNCTION,
        path=tree_path("app.py"),
        qualname="run",
        channel=Channel.PARAMETER,
        key="value",
    )
    return Witness(
        weakness=WeaknessId("command-injection"),
        fingerprint=Fingerprint("0" * 64),
        kind=WitnessKind.EFFECT,
        entry=entry,
        sink="os.system",
        attacks=(_stimulus("attack", attack),),
        controls=(_stimulus("use", "'benign'" if "(" in attack else "benign"),),
    )


def _stimulus(name: str, text: str) -> Stimulus:
    value = Input(channel=Channel.PARAMETER, key="value", text=text)
    return Stimulus(name=name, inputs=(value,))


LADDER = (
    the_observer_is_not_silenced_through_frames,
    the_observer_is_not_silenced_through_classes,
    the_observer_is_not_silenced_through_the_collector,
    the_observer_is_not_silenced_through_a_wrapper,
    records_are_not_changed_on_their_way,
    code_that_runs_unseen_is_known_to_the_kernel,
    forged_records_are_not_believed,
    the_harness_cannot_be_killed_after_the_end,
    the_memory_of_the_harness_is_shut,
    nothing_of_one_stimulus_is_there_in_the_next,
    the_harness_is_not_found_by_name,
    modules_of_the_target_do_not_replace_those_of_the_harness,
)
