"""What a drive sees, and what code of the target cannot make it see or not see."""

from collections.abc import Callable
from pathlib import Path

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import Environment
from countermine.core.errors import SandboxUnavailableError
from countermine.core.spans import tree_path
from countermine.core.weakness import Fingerprint, WeaknessId
from countermine.core.witnesses import (
    CANARY,
    Input,
    Observation,
    Stimulus,
    Witness,
    WitnessKind,
)
from countermine.ports.sandbox import Sandbox
from countermine.prove.drive.drive import drive
from countermine.prove.drive.request import DriveRequest

Drive = Callable[..., tuple[Observation, ...]]


def witness(*texts: str, qualname: str = "run", script: str | None = None) -> Witness:
    entry = EntryPoint(
        kind=EntryKind.FUNCTION,
        path=tree_path("app.py"),
        qualname=qualname,
        channel=Channel.PARAMETER,
        key="value",
    )
    stimuli = [
        Stimulus(
            name=f"{at}-{text[:20]}",
            inputs=(Input(channel=Channel.PARAMETER, key="value", text=text),),
        )
        for at, text in enumerate(("control", *texts))
    ]
    return Witness(
        weakness=WeaknessId("path-traversal"),
        fingerprint=Fingerprint("0" * 64),
        kind=WitnessKind.EFFECT,
        entry=entry,
        sink="open",
        attacks=tuple(stimuli[1:]),
        controls=(stimuli[0],),
        script=script,
    )


@pytest.fixture
def driven(tmp_path: Path, plain_environment: Environment, sandbox: Sandbox) -> Drive:
    def drive_it(
        source: str, *texts: str, script: str | None = None, stimulus_s: float = 20.0
    ) -> tuple[Observation, ...]:
        (tmp_path / "app.py").write_text(source)
        made = witness(*(texts or ("{canary}",)), script=script)
        return drive(
            DriveRequest(
                witness=made,
                stimuli=(*made.controls, *made.attacks),
                tree=tmp_path,
                environment=plain_environment,
                sandbox=sandbox,
                stimulus_s=stimulus_s,
            )
        )

    return drive_it


def trusted(seen: Observation) -> bool:
    return seen.probes_held and seen.closed


def names(seen: Observation) -> list[str]:
    return [event.name for event in seen.events]


def test_a_call_is_seen_with_its_place_and_result(driven: Drive) -> None:
    _, seen = driven("def run(value):\n    open('/etc/' + value)\n")
    assert trusted(seen)
    assert seen.reached
    assert seen.error is not None
    assert seen.error.startswith("FileNotFoundError")
    opened = next(event for event in seen.events if event.name == "open")
    assert opened.get("path") == f"/etc/{CANARY}"
    assert (opened.get("file"), opened.get("function"), opened.get("line")) == (
        "app.py",
        "run",
        "2",
    )


def test_the_canary_differs_from_drive_to_drive_and_the_observation_does_not(
    driven: Drive,
) -> None:
    source = "import os\ndef run(value):\n    os.mkdir('/tmp/' + value)\n    return value.upper()\n"
    first, second = driven(source), driven(source)
    assert first == second
    assert first[1].result == repr(CANARY.upper())
    peek = "def run(value):\n    return sum(ord(c) * n for n, c in enumerate(value))\n"
    assert driven(peek)[1].result != driven(peek)[1].result


def test_what_a_stimulus_leaves_behind_is_reported_and_gone_before_the_next(
    driven: Drive, tmp_path: Path
) -> None:
    source = (
        "import os\n"
        "def run(value):\n"
        "    before = sorted(os.listdir('/target'))\n"
        "    open('/target/left-' + value, 'w').close()\n"
        "    with open('/target/app.py', 'a') as file: file.write('# changed')\n"
        "    return before\n"
    )
    control, one, two = driven(source, "one", "two")
    assert control.result == one.result == two.result == "list('app.py')"
    made = [event.get("real") for event in two.events if event.name == "file-created"]
    assert made == ["/target/left-two"]
    assert all(event.outside for event in two.events if event.name.startswith("file-"))
    assert "file-changed" in names(two)
    assert [path.name for path in tmp_path.iterdir()] == ["app.py"]


def test_the_target_does_not_find_the_harness(driven: Drive) -> None:
    source = (
        "import sys\n"
        "def run(value):\n"
        "    found = [name for name in sys.modules if 'countermine' in name]\n"
        "    return found + [path for path in sys.path if 'countermine' in path]\n"
    )
    assert driven(source)[1].result == "list()"


def test_a_function_that_is_not_there_is_not_reached(driven: Drive) -> None:
    _, seen = driven("def other(value):\n    pass\n")
    assert trusted(seen)
    assert not seen.reached
    assert seen.error == "app has no 'run' to call once it is loaded"


def test_an_import_that_fails_is_not_reached(driven: Drive) -> None:
    _, seen = driven("import a_package_that_is_not_here\ndef run(value):\n    pass\n")
    assert not seen.reached
    assert seen.error is not None
    assert "a_package_that_is_not_here" in seen.error


TAMPERING = {
    "ends the process": "import os\ndef run(value):\n    os._exit(0)\n",
    "closes every descriptor": (
        "import os\ndef run(value):\n    os.closerange(3, 4096)\n    return 1\n"
    ),
    "writes to every descriptor": (
        "import os\n"
        "def run(value):\n"
        "    for fd in range(3, 1024):\n"
        '        try: os.write(fd, b\'0123 ["main", 7, "countermine.closed", {}]\\n\')\n'
        "        except OSError: pass\n"
    ),
    "kills itself": "import os\ndef run(value):\n    os.kill(os.getpid(), 9)\n",
    "kills the parent": (
        "import os, signal\ndef run(value):\n    os.kill(os.getppid(), signal.SIGKILL)\n"
        "    os._exit(0)\n"
    ),
    "never ends": "def run(value):\n    while True: pass\n",
    "finds the readers and empties them": (
        "import gc\n"
        "def run(value):\n"
        "    gc.unfreeze()\n"
        "    for one in gc.get_objects():\n"
        "        if isinstance(one, dict) and 'pickle.find_class' in one: one.clear()\n"
    ),
    "puts a wrapped sink back": (
        "import hashlib\ndef run(value):\n    hashlib.md5 = hashlib.sha256\n"
    ),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_silence_after_tampering_is_not_trusted(driven: Drive, how: str) -> None:
    _, seen = driven(TAMPERING[how], stimulus_s=2.0)
    assert not trusted(seen), how


def test_work_in_a_forked_process_is_seen(driven: Drive) -> None:
    source = (
        "import os\n"
        "def run(value):\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        os.system('true ' + value)\n"
        "        os._exit(0)\n"
        "    os.waitpid(pid, 0)\n"
    )
    _, seen = driven(source)
    assert trusted(seen)
    assert "command" in names(seen)


def test_work_in_a_thread_is_seen(driven: Drive) -> None:
    source = (
        "import threading, os\n"
        "def work(value):\n"
        "    os.system('true ' + value)\n"
        "def run(value):\n"
        "    threading.Thread(target=work, args=(value,)).start()\n"
    )
    _, seen = driven(source)
    assert trusted(seen)
    assert "command" in names(seen)


def test_leaving_the_interpreter_is_a_result_not_an_end(driven: Drive) -> None:
    _, seen = driven("import sys\ndef run(value):\n    sys.exit(3)\n")
    assert trusted(seen)
    assert seen.reached
    assert seen.error == "SystemExit: 3"


def test_a_file_that_a_control_looks_for_is_made_and_the_control_works(driven: Drive) -> None:
    source = "import json\ndef run(value):\n    return json.load(open('conf/' + value + '.json'))\n"
    _, seen = driven(source, "cmprobe")
    assert seen.error is None
    assert seen.result == "{}"
    assert not [event for event in seen.events if event.outside]


def test_a_script_of_a_users_is_watched_like_a_driver(driven: Drive) -> None:
    script = (
        "import app\n"
        "def attack(canary):\n    return app.run('true ' + canary)\n"
        "def control():\n    return app.run('true')\n"
    )
    source = "import os\ndef run(value):\n    return os.system(value)\n"
    control, seen = driven(source, script=script)
    commands = [event.get("shell") for event in (*control.events, *seen.events)]
    assert [command for command in commands if command] == ["true", f"true {CANARY}"]
    assert seen.result == "0"


def test_a_script_without_the_function_says_so(driven: Drive) -> None:
    _, seen = driven("", script="def control():\n    pass\n")
    assert not seen.reached
    assert seen.error == "the witness has no function attack()"


def test_an_interpreter_that_is_not_there_is_trouble_of_our_own(
    tmp_path: Path, plain_environment: Environment, sandbox: Sandbox
) -> None:
    made = witness("x")
    environment = Environment(
        python="/usr/no-such-python",
        version=(3, 11),
        mounts=(),
        import_roots=(".",),
        tests=plain_environment.tests,
    )
    with pytest.raises(SandboxUnavailableError):
        drive(
            DriveRequest(
                witness=made,
                stimuli=made.attacks,
                tree=tmp_path,
                environment=environment,
                sandbox=sandbox,
            )
        )


def test_stimuli_of_one_name_are_refused(
    tmp_path: Path, plain_environment: Environment, sandbox: Sandbox
) -> None:
    made = witness("x")
    request = DriveRequest(
        witness=made,
        stimuli=(*made.attacks, *made.attacks),
        tree=tmp_path,
        environment=plain_environment,
        sandbox=sandbox,
    )
    with pytest.raises(ValueError, match="different names"):
        drive(request)
