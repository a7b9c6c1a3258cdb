"""Texts put together keep what is known of them, and where taint stands."""

import pytest

from countermine.flow import texts
from countermine.flow.joining import join
from countermine.flow.origins import Origin
from countermine.flow.values import (
    BEHIND,
    FRONT,
    MISSING,
    UNKNOWN,
    WHOLE,
    Taint,
    Value,
    constant,
    merge_taints,
)

TAINT = Taint(Origin(("p", "f", "0"), "f", 0))
GIVEN = Value((TAINT,))


def test_known_parts_make_a_known_text() -> None:
    assert texts.concatenate([constant("a"), constant("b")]).const == "ab"
    assert (
        texts.percent(constant("%s-%d"), Value(items=(constant("a"), constant(1)))).const == "a-1"
    )
    assert (
        texts.format_method(constant("{}{x}"), [constant("a")], {"x": constant("b")}).const == "ab"
    )
    parts = Value(items=(constant("a"), constant("b")))
    assert texts.joined(constant("/"), parts).const == "a/b"


def test_the_place_of_taint_in_a_text_is_known() -> None:
    behind = texts.concatenate([constant("ls "), GIVEN])
    front = texts.concatenate([GIVEN, constant(".txt")])
    assert (behind.prefix, behind.taints[0].composed) == ("ls ", BEHIND)
    assert (front.prefix, front.taints[0].composed) == ("", FRONT)
    assert texts.concatenate([constant(""), GIVEN]).taints[0].composed == WHOLE


def test_a_number_in_a_template_carries_no_taint() -> None:
    assert texts.percent(constant("kill %d"), GIVEN).taints == ()
    assert texts.percent(constant("kill %s"), GIVEN).taints != ()


@pytest.mark.parametrize("template", ["{", "}", "{{}}", "{0[a]}", "%", "%(a", "%%", "{!r}"])
def test_odd_templates_do_no_harm(template: str) -> None:
    texts.percent(constant(template), GIVEN)
    texts.format_method(constant(template), [GIVEN], {})


def test_a_join_keeps_only_what_both_know() -> None:
    both = join(constant("a/b"), constant("a/c"))
    assert both.const is MISSING
    assert both.prefix == "a/"
    assert join(GIVEN, UNKNOWN).taints == (TAINT,)


def test_an_origin_is_harmless_only_where_each_way_made_it_so() -> None:
    safe = Taint(TAINT.origin, neutral=frozenset({"path", "html"}))
    other = Taint(TAINT.origin, neutral=frozenset({"path"}))
    (merged,) = merge_taints([(safe,), (other,)])
    assert merged.neutral == {"path"}


def test_a_value_that_grows_too_large_keeps_its_taint() -> None:
    value = GIVEN
    for _ in range(20):
        value = Value(items=(value, value))
    assert value.size < 400
    assert [t.origin.key for t in value.taints] or value.items


@pytest.mark.parametrize(
    ("before", "mark", "kind", "holds"),
    [
        ("ls ", ":quoted", "command", True),
        ("ls 'a' ", ":quoted", "command", True),
        ("ls '", ":quoted", "command", False),
        ('sh -c "ls ', ":quoted", "command", False),
        ("<p>", ":escaped", "html", True),
        ('<p class="', ":escaped", "html", True),
        ("<p class=", ":escaped", "html", False),
        ("<script>var a = '", ":escaped", "html", False),
        ("<script>f()</script><p>", ":escaped", "html", True),
        ('<a onclick="f(', ":escaped", "html", False),
        ('<a href="', ":escaped", "html", False),
        ('<a href="/a/', ":escaped", "html", True),
    ],
)
def test_an_escape_holds_in_its_place_only(
    before: str, mark: str, kind: str, *, holds: bool
) -> None:
    escaped = Value((Taint(TAINT.origin, neutral=frozenset({kind, mark})),))
    (taint,) = texts.concatenate([constant(before), escaped]).taints
    assert (kind in taint.neutral) is holds
