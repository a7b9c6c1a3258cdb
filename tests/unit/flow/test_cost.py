"""What one function may cost: nothing grows with how things are put together."""

from countermine.flow.budget import CONTEXT_STEPS, Budget
from countermine.flow.facts import FACTS_KEPT, nearest
from countermine.flow.joining import alternatives, instead_of, join
from countermine.flow.values import UNKNOWN, Value


def test_what_a_value_may_be_instead_is_told_once() -> None:
    one, other = Value(type="a.One"), Value(type="b.Other")
    either = join(one, other)
    assert [v.type for v in alternatives(join(either, join(other, one)))] == ["a.One", "b.Other"]


def test_what_stands_for_another_has_no_others_itself() -> None:
    one, other, third = (Value(type=f"{n}.Class") for n in "abc")
    found = instead_of(one, (join(other, third), join(third, one)))
    assert [(v.type, v.others) for v in found] == [("b.Class", ()), ("c.Class", ())]


def test_a_large_value_stands_for_another_by_its_name_alone() -> None:
    large = Value(type="b.Other", fields={f".{n}": UNKNOWN for n in range(40)})
    (found,) = instead_of(Value(type="a.One"), (large,))
    assert (found.type, found.fields) == ("b.Other", None)


def test_of_too_many_facts_those_nearest_to_an_origin_are_kept() -> None:
    near = frozenset((("p", "f", str(n)), "path") for n in range(FACTS_KEPT))
    far = frozenset((("p", "f", "0", f"~step{n}"), "path") for n in range(FACTS_KEPT))
    assert nearest(near) is near
    assert nearest(near | far) == near


def test_contexts_are_paid_for_until_they_cost_too_much() -> None:
    budget = Budget()
    with budget.of_contexts("f"):
        budget.steps += CONTEXT_STEPS
    assert budget.allows_contexts("f")
    with budget.of_contexts("f"):
        budget.steps += 1
    assert not budget.allows_contexts("f")
    assert budget.allows_contexts("g")


def test_what_may_be_spent_is_counted_from_the_beginning() -> None:
    budget = Budget()
    assert budget.is_spent
    budget.begin(3)
    budget.steps += 2
    assert not budget.is_spent
    budget.steps += 1
    assert budget.is_spent
