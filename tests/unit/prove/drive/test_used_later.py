"""What a constructor keeps is driven through the method that uses it."""

from dataclasses import replace

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding, StepKind, TraceStep
from countermine.core.spans import Span, TreePath
from countermine.prove.drive.nearer import used_later
from countermine.testing.findings import finding_at

PATH = TreePath("shop/repo.py")
CODE = b"""
class Base:
    def __init__(self, url, folder):
        self.url = url

class Clone(Base):
    def obtain(self):
        self.run(["clone", self.url])

class Deep(Clone):
    def again(self):
        self.run(["clone", self.url])

class Other:
    def __init__(self, name):
        self.name = name

    def obtain(self):
        self.run(["clone", self.name])
"""


def kept(method: str) -> Finding:
    entry = EntryPoint(
        kind=EntryKind.METHOD,
        path=PATH,
        qualname="Base.__init__",
        channel=Channel.PARAMETER,
        key="url",
    )
    span = Span(path=PATH, start_byte=0, end_byte=1)
    trace = tuple(
        TraceStep(kind=kind, span=span, function=function, note="")
        for kind, function in (
            (StepKind.SOURCE, "Base.__init__"),
            (StepKind.PASS, "Base.__init__"),
            (StepKind.CALL, method),
        )
    )
    return replace(finding_at(PATH, CODE, b"self.run"), entry=entry, trace=trace)


def ways(method: str) -> list[str]:
    found = used_later(kept(method), {PATH: CODE})
    return [one.entry.qualname for one in found if one.entry is not None]


def test_a_method_of_the_class_or_of_one_below_is_the_way_in() -> None:
    assert ways("Clone.obtain") == ["Clone.obtain"]
    assert ways("Deep.again") == ["Deep.again"]


def test_a_class_that_is_made_of_other_things_is_none() -> None:
    assert ways("Other.obtain") == []
    assert ways("obtain") == []
