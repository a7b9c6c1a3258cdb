"""A driver enters where the finding says, and hands over what a request or a helper would."""

from dataclasses import replace

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.findings import Finding, StepKind, TraceStep
from countermine.core.spans import Span, tree_path
from countermine.core.witnesses import Input, Stimulus, Witness
from countermine.loop.entering import entered_by, takes_driver
from countermine.loop.proposing import with_proposal
from countermine.loop.records import Proposal
from countermine.testing.findings import finding_at
from countermine.testing.proving import witness_for

APP = b"""\
def read(request):
    return request.META["HTTP_X"]


class Door:
    def check(self, request):
        return read(request) == self.word


def outer(data):
    def inner(text):
        return eval(text)

    return inner(data)
"""
PATH = tree_path("app.py")
TEXTS = {PATH: APP}
AT_CHECK = "from app import Door\ndef drive(value):\n    return Door().check(value)\n"
AT_READ = "import app\ndef drive(value):\n    return app.read(value)\n"


def step(kind: StepKind, function: str) -> TraceStep:
    return TraceStep(
        kind=kind, span=Span(path=PATH, start_byte=0, end_byte=4), function=function, note=""
    )


def finding(*steps: TraceStep) -> Finding:
    found: Finding = finding_at("app.py", APP, b"self.word")
    return replace(found, function="Door.check", trace=steps)


BACK = finding(step(StepKind.SOURCE, "read"), step(StepKind.SINK, "Door.check"))
DOWN = finding(
    step(StepKind.SOURCE, "read"), step(StepKind.CALL, "read"), step(StepKind.SINK, "Door.check")
)


def planned(channel: Channel, kind: EntryKind = EntryKind.FUNCTION, *texts: str) -> Witness:
    own = witness_for(BACK)
    entry = EntryPoint(kind=kind, path=PATH, qualname="read", channel=channel, key="HTTP_X")
    made = tuple(
        Stimulus(name=f"one-{at}", inputs=(Input(channel=channel, key="HTTP_X", text=text),))
        for at, text in enumerate(texts or ("word",))
    )
    return replace(own, entry=entry, attacks=made, controls=made[:1])


def channels(witness: Witness) -> set[Channel]:
    return {x.channel for one in (*witness.attacks, *witness.controls) for x in one.inputs}


@pytest.mark.parametrize("channel", [Channel.HEADER, Channel.FORM, Channel.QUERY, Channel.PATH])
def test_what_a_request_carries_is_handed_over_in_a_request_that_the_driver_makes(
    channel: Channel,
) -> None:
    own = planned(channel, EntryKind.DJANGO_VIEW)
    assert takes_driver(own.entry)
    made = entered_by(AT_READ, own, BACK, TEXTS)
    assert (made.entry.kind, made.entry.qualname) == (EntryKind.FUNCTION, "read")
    assert channels(made) == {Channel.PARAMETER}


@pytest.mark.parametrize("kind", [EntryKind.FLASK_VIEW, EntryKind.ASGI_ROUTE, EntryKind.SCRIPT])
def test_what_gets_its_request_from_elsewhere_takes_no_driver(kind: EntryKind) -> None:
    assert not takes_driver(planned(Channel.QUERY, kind).entry)
    assert not takes_driver(planned(Channel.UPLOAD_NAME).entry)


def test_a_function_that_the_value_comes_back_to_may_be_entered() -> None:
    made = entered_by(AT_CHECK, planned(Channel.HEADER), BACK, TEXTS)
    assert (made.entry.kind, made.entry.qualname) == (EntryKind.METHOD, "Door.check")
    assert made.entry.key is None
    stays = entered_by(AT_READ, planned(Channel.HEADER), BACK, TEXTS)
    assert stays.entry.qualname == "read"


def test_a_function_that_is_called_with_the_value_is_not_entered_past_its_caller() -> None:
    own = planned(Channel.PARAMETER)
    assert entered_by(AT_CHECK, own, DOWN, TEXTS) == own
    assert entered_by("no driver", own, BACK, TEXTS) == own


def test_what_a_helper_read_of_a_file_is_a_text_where_it_comes_back() -> None:
    own = planned(Channel.FILE_CONTENT)
    assert entered_by(AT_READ, own, BACK, TEXTS) == own
    assert channels(entered_by(AT_CHECK, own, BACK, TEXTS)) == {Channel.PARAMETER}


def test_where_nothing_would_arrive_no_driver_is_taken() -> None:
    own = planned(Channel.HEADER, EntryKind.FUNCTION, "two\r\nlines", "two\nlines")
    assert entered_by(AT_READ, own, BACK, TEXTS) is None
    proposal = Proposal(by="a model", driver=AT_READ, attacks=("word", "x\r\nInjected: 1"))
    made = with_proposal(own, proposal, BACK, TEXTS)
    assert made.driver is None
    fed = planned(Channel.HEADER, EntryKind.FUNCTION, "word")
    texts = [one.inputs[0].text for one in with_proposal(fed, proposal, BACK, TEXTS).attacks]
    assert texts == ["word", "word"], "what a model hands in arrives no better"


def test_a_line_break_does_not_arrive_in_a_header() -> None:
    own = planned(Channel.HEADER, EntryKind.FUNCTION, "word", "two\r\nlines", "nul\0")
    made = entered_by(AT_READ, own, BACK, TEXTS)
    assert [one.inputs[0].text for one in made.attacks] == ["word"]
    posted = planned(Channel.FORM, EntryKind.FUNCTION, "word", "two\r\nlines")
    assert len(entered_by(AT_READ, posted, BACK, TEXTS).attacks) == 2


def test_what_is_made_inside_a_function_is_entered_through_it() -> None:
    own = planned(Channel.FILE_CONTENT)
    own = replace(own, entry=replace(own.entry, qualname="outer.inner", key=None))
    made = entered_by(
        "import app\ndef drive(data):\n    return app.outer(data)\n", own, BACK, TEXTS
    )
    assert (made.entry.qualname, made.entry.channel) == ("outer", Channel.FILE_CONTENT)
    source = "import app\ndef drive(data):\n    return app.outer('x')(data)\n"
    given_back = entered_by(source, own, BACK, TEXTS)
    assert given_back.entry.qualname == "outer.inner"
    kept = "import app\ndef drive(value):\n    return app.Maker().inner(value)\n"
    assert entered_by(kept, own, BACK, TEXTS).entry.qualname == "outer.inner"
