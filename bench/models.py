"""Measures what the model port costs: a call without and with a wire, and a run that asks nobody.

    python bench/models.py [--calls 200] [--rounds 3] [--write]

Nothing leaves the machine: answers come from a script, once within the process and once from a
server on loopback that speaks the OpenAI protocol, through the provider's own library. The run is
one over examples/libconfig, whose flaws have remedies, with and without a model configured. With
--write the figures go to bench/parts/models.md.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from countermine.core.models import ModelTask
from countermine.loop.calls.store import SqliteCalls
from countermine.models.bounds import Price
from countermine.models.means import RosterMeans
from countermine.models.options import ModelSettings, ProviderKind, RosterEntry
from countermine.models.providers.sending import ProviderTransport
from countermine.models.roster import Roster
from countermine.models.transport import Transport
from countermine.ports.model import Answered, Material, Question
from countermine.testing.clocks import StillClock
from countermine.testing.model_server import model_server
from countermine.testing.models import ScriptedTransport, said

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "libconfig"
PART = Path(__file__).parent / "parts" / "models.md"
ANSWER = '{"word": "yes"}'
MODEL = "scripted-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The answer."""

    word: str


def main() -> int:
    """Measure and print, or write."""
    parser = argparse.ArgumentParser(description="Measure what the model port costs.")
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    within = port(options.calls)
    wired = wire(options.calls)
    without, configured = runs(options.rounds)
    text = section(options.calls, within, wired, without, configured)
    if options.write:
        PART.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def port(calls: int) -> list[float]:
    """Return the milliseconds of each call over a script."""
    transport = ScriptedTransport(lambda _: said(ANSWER, serving=MODEL))
    return timed(transport, "http://127.0.0.1:9/v1", calls)


def wire(calls: int) -> list[float]:
    """Return the milliseconds of each call over loopback but the first, which loads a library."""
    with model_server(say=ANSWER, model=MODEL) as server, ProviderTransport({}) as transport:
        return timed(transport, server.url, calls + 1)[1:]


def timed(transport: Transport, url: str, calls: int) -> list[float]:
    """Return the milliseconds of each call through a roster."""
    entry = RosterEntry(provider=ProviderKind.OPENAI_COMPATIBLE, model=MODEL, url=url)
    with tempfile.TemporaryDirectory() as folder:
        roster = Roster(
            ModelSettings(roster={"first": entry}),
            RosterMeans(
                transport=transport,
                store=SqliteCalls(Path(folder) / "calls.sqlite"),
                clock=StillClock(),
                sleep=time.sleep,
                price=lambda _: Price(input_usd=0, output_usd=0),
            ),
        )
        return [one(partial(ask, roster, number)) for number in range(calls)]


def ask(roster: Roster, number: int) -> None:
    """Ask a question of some 8 kB that was not asked before."""
    text = f"x = {number}\n" + "value = compute(value)  # a line\n" * 250
    question = Question(
        task=ModelTask.PATCH,
        instruction="Give the word.",
        material=(Material(title="file", text=text, path="app.py"),),
        answer=Word,
    )
    reply = roster.ask(question)
    if not isinstance(reply, Answered):
        message = f"no answer: {reply.reason}"
        raise SystemExit(message)


def one(act: Callable[[], None]) -> float:
    """Return how many milliseconds something takes."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def runs(rounds: int) -> tuple[float, float]:
    """Return the median seconds of a run without a model, and of one with a model it never asks."""
    with tempfile.TemporaryDirectory() as folder, model_server(model=MODEL) as server:
        config = Path(folder) / "models.toml"
        config.write_text(
            f'[models.roster.first]\nprovider = "openai-compatible"\nmodel = "{MODEL}"\n'
            f'url = "{server.url}"\n'
        )
        environment = {
            **os.environ,
            "COUNTERMINE_STATE": str(Path(folder) / "state"),
            "COUNTERMINE_CONFIG": "",
        }
        command = [sys.executable, "-m", "countermine", "run", str(EXAMPLE), "--json"]
        both = ([*command], [*command, "--config", str(config)])
        seen: tuple[list[float], list[float]] = ([], [])
        for turn in range(rounds + 1):
            for arguments, kept in zip(both, seen, strict=True):
                begun = time.perf_counter()
                done = subprocess.run(
                    arguments, env=environment, capture_output=True, check=False, text=True
                )
                verdicts = [case["verdict"]["kind"] for case in json.loads(done.stdout)["cases"]]
                if set(verdicts) != {"proven"}:
                    raise SystemExit(done.stderr or str(verdicts))
                if turn:
                    kept.append(time.perf_counter() - begun)
        return statistics.median(seen[0]), statistics.median(seen[1])


def section(
    calls: int, within: list[float], wired: list[float], without: float, configured: float
) -> str:
    """Return the figures as Markdown."""
    rows = [
        ("the port alone (answers from a script)", within),
        ("through the provider's library, over loopback", wired),
    ]
    lines = [
        "## Models: what the port costs",
        "",
        f"{calls} questions of some 8 kB each, none asked before; milliseconds a call.",
        "",
        "| call | median | 95 of 100 below |",
        "|---|---:|---:|",
    ]
    for name, kept in rows:
        slow = statistics.quantiles(kept, n=20)[-1]
        lines.append(f"| {name} | {statistics.median(kept):.1f} | {slow:.1f} |")
    run = (
        f"A run over `examples/libconfig`, both flaws proven by remedies: {without:.1f} s without "
        f"a model, {configured:.1f} s with one that is configured and never asked "
        f"(ratio {configured / without:.2f}, runs in turn, median)."
    )
    return "\n".join([*lines, "", run, ""])


if __name__ == "__main__":
    raise SystemExit(main())
