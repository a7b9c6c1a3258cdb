"""Where the best way in cannot be driven, another way or a function nearer to the sink may be."""

from dataclasses import replace

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding, StepKind, TraceStep, WayIn
from countermine.core.levels import SourceLevel
from countermine.core.spans import Span, TreePath
from countermine.prove.drive.nearer import nearer, other_ways
from countermine.testing.findings import finding_at

PATH = TreePath("shop/wire.py")
TEXT = b"""class Server:
    def handle(self, request):
        return Wire.read(request.body, 1)


class Wire:
    @classmethod
    def read(cls, data, count):
        def inner(part):
            return loads(part)
        return inner(data)
"""


def step(kind: StepKind, function: str, code: bytes) -> TraceStep:
    start = TEXT.index(code)
    span = Span(path=PATH, start_byte=start, end_byte=start + len(code))
    return TraceStep(kind=kind, span=span, function=function, note="")


def entry(name: str) -> EntryPoint:
    return EntryPoint(kind=EntryKind.METHOD, path=PATH, qualname=name, channel=Channel.BODY)


TRACE = (
    step(StepKind.SOURCE, "Server.handle", b"request"),
    step(StepKind.CALL, "Server.handle", b"Wire.read(request.body, 1)"),
    step(StepKind.CALL, "Wire.read", b"inner(data)"),
    step(StepKind.SINK, "Wire.read.inner", b"loads(part)"),
)
FOUND = replace(
    finding_at(PATH, TEXT, b"loads(part)"),
    entry=entry("Server.handle"),
    trace=TRACE,
    alternatives=(),
    sink_argument=None,
)


def entries(found: Finding) -> list[EntryPoint | None]:
    return [one.entry for one in nearer(found, {PATH: TEXT})]


def test_a_function_of_the_trace_takes_the_value_as_an_argument() -> None:
    (found,) = entries(FOUND)
    assert found is not None
    assert (found.qualname, found.channel, found.key) == ("Wire.read", Channel.PARAMETER, "data")


def test_a_function_inside_another_cannot_be_called() -> None:
    assert all(one is not None and "inner" not in one.qualname for one in entries(FOUND))


def test_where_several_parameters_may_carry_the_value_none_is_taken() -> None:
    unsure = replace(FOUND, trace=(*TRACE[:2], step(StepKind.PASS, "Wire.read", b"data, count")))
    assert entries(unsure) == []


def test_another_way_in_is_one_by_itself() -> None:
    way = WayIn(level=SourceLevel.REMOTE, entry=entry("Server.other"), trace=TRACE)
    (first,) = other_ways(replace(FOUND, alternatives=(way,)))
    assert first.entry == entry("Server.other")
    assert first.trace == TRACE


def test_a_text_that_does_not_parse_has_no_functions() -> None:
    assert list(nearer(FOUND, {PATH: b"def ("})) == []
