"""A flaw whose way in cannot be driven is shown in a function behind it, if nothing guards it."""

from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import Environment
from countermine.core.findings import Finding, StepKind, TraceStep
from countermine.core.spans import Span, tree_path
from countermine.core.targets import Target, TargetKind
from countermine.core.verdicts import Gate, GateOutcome, GateResult
from countermine.loop.means import Means
from countermine.loop.records import RunRequest, WitnessRecord
from countermine.loop.stages import Stages
from countermine.ports.sandbox import Sandbox
from countermine.prove.records import Baseline, NotWitnessed, UnusableTests, Witnessed
from countermine.target.fetched import IndexOptions
from countermine.testing.clocks import StillClock
from countermine.testing.findings import finding_at

PATH = tree_path("wire.py")
UNMADE = """class Server:
    def __init__(self, engine: int):
        self.pool = engine.pool["main"]

    def handle(self, request):
        return read(request)
"""
GUARDED = """class Server:
    def handle(self, request):
        return read(str(int(request)))
"""
READ = "\n\ndef read(text):\n    return eval(text)\n"


def found(text: bytes) -> Finding:
    entry = EntryPoint(
        kind=EntryKind.METHOD,
        path=PATH,
        qualname="Server.handle",
        channel=Channel.PARAMETER,
        key="request",
    )
    trace = tuple(
        TraceStep(
            kind=kind,
            span=Span(
                path=PATH, start_byte=text.index(code), end_byte=text.index(code) + len(code)
            ),
            function=function,
            note="",
        )
        for kind, function, code in (
            (StepKind.SOURCE, "Server.handle", b"request)"),
            (StepKind.CALL, "Server.handle", b"return read("),
            (StepKind.SINK, "read", b"eval(text)"),
        )
    )
    made = finding_at(PATH, text, b"eval(text)", entry=entry)
    return replace(made, function="read", trace=trace, sink_argument=None)


def shown(tmp_path: Path, sandbox: Sandbox, environment: Environment, source: str) -> WitnessRecord:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / PATH).write_text(source)
    means = Means(
        state=tmp_path, index=IndexOptions(), sandbox=sandbox, clock=StillClock(), scratch=tmp_path
    )
    request = RunRequest(run="r", version="1", target="x", started="2026-01-31")
    target = Target(
        kind=TargetKind.DIRECTORY, spec=".", name="x", root=str(tree), revision=None, digest="0"
    )
    gate = GateResult(gate=Gate.BASELINE, outcome=GateOutcome.PASSED, reason="as the test says")
    ground = Baseline(gate=gate, tests=UnusableTests(reason="not run"), sightings=())
    return Stages(means, request).witness(target, environment, found(source.encode()), ground)


@pytest.mark.slow
def test_where_no_object_can_be_made_the_function_behind_it_is_driven(
    tmp_path: Path, sandbox: Sandbox, plain_environment: Environment
) -> None:
    record = shown(tmp_path, sandbox, plain_environment, UNMADE + READ)
    assert isinstance(record.witnessing, Witnessed)
    assert record.witness is not None
    assert (record.witness.entry.qualname, record.witness.entry.key) == ("read", "text")


@pytest.mark.slow
def test_a_check_in_front_of_the_sink_is_not_gone_around(
    tmp_path: Path, sandbox: Sandbox, plain_environment: Environment
) -> None:
    record = shown(tmp_path, sandbox, plain_environment, GUARDED + READ)
    assert isinstance(record.witnessing, NotWitnessed)
