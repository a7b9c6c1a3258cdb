"""Uses without the value, and with values that stretch what is usual, must come to the same."""

from dataclasses import replace

import pytest

from countermine.core.entrypoints import Channel
from countermine.core.witnesses import Input, Observation, Witness, WitnessKind
from countermine.prove.harness.samples import CHANGED
from countermine.prove.other_uses import compared, has_no_value, is_other, other_uses
from countermine.prove.records import ControlRecord
from countermine.prove.steps import Broken, Step, Unsettled
from countermine.testing.proving import seen, stimulus, witness_for
from tests.unit.prove.test_guided_search import FINDING


def witness(weakness: str, text: str = "cmprobe", channel: Channel = Channel.QUERY) -> Witness:
    known = replace(
        stimulus("known", text), inputs=(Input(channel=channel, key="name", text=text),)
    )
    return replace(witness_for(FINDING, controls=(known,)), weakness=weakness)


def step(weakness: str, use: str, before: str, after: Observation) -> Step | None:
    record = ControlRecord(name=use, result=before, comparable=True)
    return compared(witness(weakness), [record], [replace(after, stimulus=use)])


def gave(result: str | None, error: str | None = None) -> Observation:
    return replace(seen("use"), result=result, error=error)


def test_a_request_goes_without_the_value() -> None:
    (left_out, *_) = other_uses(witness("command-injection"))
    assert has_no_value(left_out.name)
    assert has_no_value(f"{left_out.name}-again")
    assert {one.key for one in left_out.inputs}.isdisjoint({"name"})
    assert left_out.inputs[0].channel is Channel.QUERY


def test_a_redirect_is_tried_with_the_page_that_a_visitor_came_from() -> None:
    uses = [one for one in other_uses(witness("open-redirect", "/cmprobe")) if is_other(one.name)]
    assert any(value.key == "Referer" for one in uses for value in one.inputs)


@pytest.mark.parametrize("channel", [Channel.PARAMETER, Channel.PATH, Channel.BODY])
def test_what_cannot_be_left_out_is_given(channel: Channel) -> None:
    uses = other_uses(witness("command-injection", channel=channel))
    assert uses
    assert not any(has_no_value(one.name) for one in uses)


def test_a_default_that_is_lost_refuses_the_patch() -> None:
    use = "known-left-out"
    assert step("open-redirect", use, "302 to https://docs.test", gave("302 to /")) is not None
    lost = step("cross-site-scripting", use, "<i>none</i>", gave("&lt;i&gt;none&lt;/i&gt;"))
    assert isinstance(lost, Broken)
    assert isinstance(step("sql-injection", use, "[]", gave(None, "KeyError: name")), Broken)


def test_a_default_that_is_shown_alike_is_kept() -> None:
    use = "known-left-out"
    assert step("cross-site-scripting", use, "<p>it's</p>", gave("<p>it&#39;s</p>")) is None


def test_a_value_that_stretches_may_be_refused_but_not_changed_in_silence() -> None:
    use = "known-stretched-1"
    assert step("command-injection", use, "long", gave(None, "ValueError: too long")) is None
    assert isinstance(step("command-injection", use, "long", gave("lon")), Unsettled)


def test_what_is_escaped_once_is_shown_as_it_was_and_twice_is_not() -> None:
    use, plain = "known-stretched-2", "<h1>O'Neil & Co</h1>"
    once = gave("<h1>O&#39;Neil &amp; Co</h1>")
    twice = gave("<h1>O&amp;#39;Neil &amp;amp; Co</h1>")
    assert step("cross-site-scripting", use, plain, once) is None
    assert isinstance(step("cross-site-scripting", use, plain, twice), Unsettled)


def test_what_differs_from_drive_to_drive_is_not_compared() -> None:
    record = ControlRecord(name="known-left-out", result="1", comparable=False)
    after = replace(gave("2"), stimulus="known-left-out")
    assert compared(witness("sql-injection"), [record], [after]) is None


def guessed(text: str = "cmprobe", alternatives: tuple[str, ...] = ("{compared}",)) -> Witness:
    made = witness("timing-unsafe-comparison", text, Channel.PARAMETER)
    given = replace(made.controls[0].inputs[0], alternatives=alternatives)
    known = replace(made.controls[0], inputs=(given,))
    return replace(made, controls=(known,), kind=WitnessKind.STRUCTURAL)


def test_what_is_nearly_the_secret_is_guessed_too() -> None:
    tried = [one.inputs[0] for one in other_uses(guessed())]
    assert {text for one in tried for text in one.alternatives} < set(CHANGED)
    assert any(not one.text.isascii() for one in tried)
    assert other_uses(guessed(alternatives=())) == ()


def test_a_wrong_guess_may_be_refused_but_is_not_taken() -> None:
    (use, *_) = (one.name for one in other_uses(guessed()))
    record = ControlRecord(name=use, result="False", comparable=True)

    def after(seen_: Observation) -> Step | None:
        return compared(guessed(), [record], [replace(seen_, stimulus=use)])

    assert isinstance(after(gave("True")), Broken)
    assert after(gave("False")) is None
    assert after(gave(None, "TypeError: comparing strings with non-ASCII characters")) is None


def test_what_is_no_page_is_not_to_be_escaped() -> None:
    use = "known-stretched-2"
    text, escaped = "'Dear O\\'Neil & Co'", gave("'Dear O&#39;Neil &amp; Co'")
    assert isinstance(step("template-injection", use, text, escaped), Unsettled)
    page = gave(f"<p>{escaped.result}</p>")
    assert step("template-injection", use, f"<p>{text}</p>", page) is None


def test_the_name_of_a_file_keeps_its_capitals() -> None:
    use = "known-stretched-3"
    record = ControlRecord(
        name=use, result="None", comparable=True, elsewhere=("file cmprobeTwo.TXT 1",)
    )
    lowered = replace(gave("None"), stimulus=use)
    assert isinstance(compared(witness("path-traversal"), [record], [lowered]), Unsettled)


def test_the_own_page_of_a_redirect_has_capitals_too() -> None:
    uses = other_uses(witness("open-redirect", "/cmprobe"))
    assert any(value.text.startswith("/cmprobe/T") for one in uses for value in one.inputs)
