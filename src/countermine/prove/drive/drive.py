"""One batch of stimuli: into the sandbox, and the observer's records back out."""

import json
import secrets
import string
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from countermine.core.errors import SandboxUnavailableError
from countermine.core.witnesses import CANARY, Input, Observation, Stimulus, Witness
from countermine.ports.sandbox import Access, Mount, SandboxCommand, SandboxOutcome, Stopped
from countermine.prove.drive.observations import lost, observation
from countermine.prove.drive.outside import by_stimulus, joined
from countermine.prove.drive.packing import packed
from countermine.prove.drive.request import DriveRequest
from countermine.prove.drive.set_up import after_set_up
from countermine.prove.harness import jobs
from countermine.prove.harness.channel import sign

TARGET = "/target"
"""Where the target is seen inside."""
PRISTINE = "/countermine/pristine"
"""Where the target is seen again, unchanged: files are put back from here."""
HARNESS = "/countermine/lib"
SCRATCH = "/tmp/countermine/scratch"  # noqa: S108 - inside the sandbox, private to the run

MAX_STDERR = 500
LOGS = "log-injection"
"""The weakness for which logs are watched: elsewhere their levels stay as they are."""
CONNECTIONS = ("server-side-request-forgery", "disabled-certificate-checks")
"""The weaknesses for which connections are watched: elsewhere there is nobody to answer them."""
EXPRESSIONS = ("exponential-regular-expression", "polynomial-regular-expression")
"""The weaknesses for which matches of regular expressions are watched."""
UNPACKING = "decompression-bomb"
"""The weakness for which is watched what comes out of packed data, and the memory that it takes."""
SELECTIONS = "xpath-injection"
"""The weakness for which expressions that select parts of documents are watched."""
PROGRAMS = ("argument-injection",)
"""The weaknesses that show in how a program is started, whatever it does then."""
COMPARISONS = ("==", "!=", "in", "not in")
"""With which the name of a sink begins that is a comparison."""


def drive(request: DriveRequest) -> tuple[Observation, ...]:
    """Drive each stimulus, and return what was seen of it, in the same order.

    Raises:
        SandboxUnavailableError: If the sandbox or the interpreter inside it did not start; says
            nothing about the target.
        ValueError: If two stimuli have the same name.
    """
    names = [stimulus.name for stimulus in request.stimuli]
    if len(set(names)) != len(names):
        message = f"stimuli of one drive need different names, not {sorted(names)}"
        raise ValueError(message)
    if not names:
        return ()
    key = secrets.token_bytes(jobs.KEY_BYTES)
    canary = _new_canary()
    outcome = request.sandbox.run(_command(request, jobs.framed(_job(request, canary), key)))
    answers = list(_answers(outcome.stdout, key))
    if jobs.READY not in answers:
        raise SandboxUnavailableError(_not_started(request, outcome))
    if request.witness.driver is not None:
        answers = [after_set_up(one) if isinstance(one, dict) else one for one in answers]
    found = {
        str(answer["stimulus"]): observation(answer, canary)
        for answer in answers
        if isinstance(answer, dict)
    }
    if outcome.seen is not None:
        calls = by_stimulus(outcome.seen)
        found = {name: joined(one, calls.get(name, ()), canary) for name, one in found.items()}
    why = _why_lost(outcome)
    return tuple(found.get(name) or lost(name, why) for name in names)


def _new_canary() -> str:
    """Return a word that code of the target cannot know beforehand."""
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(len(CANARY) - 2))
    return f"cm{letters}"


def _command(request: DriveRequest, job: bytes) -> SandboxCommand:
    environment = request.environment
    harness = Path(jobs.__file__).parent
    main = f"{HARNESS}/countermine/prove/harness"
    return SandboxCommand(
        argv=(environment.python, "-I", "-S", "-B", "-W", "ignore", f"{main}/main.py"),
        cwd=TARGET,
        mounts=(
            Mount(host=request.tree, inside=TARGET, access=Access.OVERLAY),
            Mount(host=request.tree, inside=PRISTINE),
            Mount(host=harness, inside=main),
            *(Mount(host=Path(place), inside=place) for place in environment.mounts),
        ),
        # -I ignores PYTHONHASHSEED, but not what the target starts itself.
        env={"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},
        stdin=job,
        watched=True,
        limits=request.limits,
    )


def _job(request: DriveRequest, canary: str) -> bytes:
    witness = request.witness
    entry = witness.entry
    controls = {stimulus.name for stimulus in witness.controls}
    return json.dumps(
        {
            "canary": canary,
            "root": f"{TARGET}/",
            "pristine": PRISTINE,
            "scratch": SCRATCH,
            "entry": {
                "kind": entry.kind.value,
                "path": entry.path,
                "qualname": entry.qualname,
                "channel": entry.channel.value,
                "key": entry.key,
                "start_line": entry.start_line,
                "root": f"{TARGET}/",
                "import_roots": list(request.environment.import_roots),
                "methods": list(witness.methods),
            },
            "script": witness.script,
            "driver": witness.driver,
            "test": None if witness.test is None else asdict(witness.test),
            "compares_in": _compared_in(witness),
            "logs": witness.weakness == LOGS,
            "regexes": witness.weakness in EXPRESSIONS,
            "xpaths": witness.weakness == SELECTIONS,
            "unpacking": witness.weakness == UNPACKING,
            "network": witness.answered or witness.weakness in CONNECTIONS,
            "programs": witness.weakness in PROGRAMS,
            "load_once": request.load_once,
            "lines": request.lines,
            "stimulus_s": request.stimulus_s,
            "stimuli": [
                _stimulus(one, canary, is_attack=one.name not in controls)
                for one in request.stimuli
            ],
        }
    ).encode()


def _compared_in(witness: Witness) -> str | None:
    """Return the file whose comparisons are to be watched: that of a sink that is one."""
    is_comparison = witness.sink.startswith(tuple(f"{sign} " for sign in COMPARISONS))
    return f"{TARGET}/{witness.sink_path}" if is_comparison and witness.sink_path else None


def _text(item: Input, canary: str) -> str:
    """Return the text of an input, as bytes in latin-1 where it is packed.

    Packing takes longer than driving: it is done here, once for all drives.
    """
    if item.packing is None:
        return item.text
    data = item.text.replace("{canary}", canary).encode("utf-8", "surrogatepass")
    return packed(data, item.packing, item.blanks).decode("latin-1")


def _stimulus(stimulus: Stimulus, canary: str, *, is_attack: bool) -> dict[str, object]:
    return {
        "name": stimulus.name,
        "is_attack": is_attack,
        "inputs": [
            {
                "channel": item.channel.value,
                "key": item.key,
                "text": _text(item, canary),
                "encoding": item.encoding.value,
                "file_name": item.file_name,
                "samples": list(item.samples),
                "alternatives": list(item.alternatives),
            }
            for item in stimulus.inputs
        ],
        "files": [[file.name, file.content_base64] for file in stimulus.files],
    }


def _answers(output: bytes, key: bytes) -> Iterator[object]:
    """Yield the answers that bear a valid signature; anybody inside may write other lines."""
    for line in output.split(b"\n"):
        signature, _, rest = line.partition(b" ")
        body = rest.decode("utf-8", "replace")
        if secrets.compare_digest(signature, sign(key, body).encode()):
            yield json.loads(body)


def _not_started(request: DriveRequest, outcome: SandboxOutcome) -> str:
    last = outcome.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
    how = _why_lost(outcome)
    said = f": {last[0][:MAX_STDERR]}" if last else ""
    return f"the harness did not start under {request.environment.python} ({how}){said}"


def _why_lost(outcome: SandboxOutcome) -> str:
    if isinstance(outcome, Stopped):
        return f"stopped at the bound on {outcome.bound.value}"
    return f"ended with {outcome.exit_code}"
