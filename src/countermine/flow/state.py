"""What is known at one point of a function: variables, and facts about where taint came from."""

from operator import is_

from countermine.flow.derived import Said, one_of, said_by
from countermine.flow.facts import common
from countermine.flow.joining import join
from countermine.flow.values import (
    MISSING,
    NO_FACTS,
    Facts,
    Taint,
    Value,
    with_taints,
    with_truth,
)


class State:
    """Variables and facts. ``dead`` after a return, a raise or a jump."""

    __slots__ = ("dead", "facts", "variables")

    def __init__(
        self,
        variables: dict[str, Value] | None = None,
        facts: Facts = NO_FACTS,
        *,
        dead: bool = False,
    ) -> None:
        """Begin with these variables; the dictionary is owned by the state."""
        self.variables: dict[str, Value] = {} if variables is None else variables
        self.facts = facts
        self.dead = dead

    def copy(self) -> "State":
        """Return a state that changes apart."""
        return State(dict(self.variables), self.facts, dead=self.dead)

    def become(self, other: "State") -> None:
        """Take over what another state knows."""
        self.variables = other.variables
        self.facts = other.facts
        self.dead = other.dead


DEPTH = 3
"""How deep into a value's parts facts are looked up."""


def apply_facts(value: Value, facts: Facts, depth: int = DEPTH) -> Value:
    """Return a value whose taints carry what the facts say of their origins."""
    if not facts or not (value.taints or value.height):
        return value
    return _applied_to(value, said_by(facts), depth)


def _applied_to(value: Value, facts: Said, depth: int) -> Value:
    if not (value.taints or value.height):
        return value
    taints = value.taints
    if taints:
        taints = _apply(taints, facts)
    if depth > 0 and (value.items is not None or value.element is not None or value.fields):
        items, element, fields = value.items, value.element, value.fields
        if items is not None:
            items = tuple([_applied_to(i, facts, depth - 1) for i in items])
        if element is not None:
            element = _applied_to(element, facts, depth - 1)
        if fields:
            fields = {k: _applied_to(v, facts, depth - 1) for k, v in fields.items()}
        if taints is value.taints and _same_parts(value, items, element, fields):
            return value
        return Value(
            taints, value.const, value.ref, value.target, value.type, value.receiver,
            items, element, fields, value.prefix, value.truth, value.text,
            shape=value.shape, others=value.others,
        )  # fmt: skip
    return with_taints(value, taints)


def _same_parts(
    value: Value,
    items: tuple[Value, ...] | None,
    element: Value | None,
    fields: dict[str, Value] | None,
) -> bool:
    return (
        element is value.element
        and (not items or all(map(is_, items, value.items or ())))
        and (not fields or all(map(is_, fields.values(), (value.fields or {}).values())))
    )


def _apply(taints: tuple[Taint, ...], facts: Said) -> tuple[Taint, ...]:
    found: list[Taint] | None = None
    known = facts.known
    for place, taint in enumerate(taints):
        kinds = known.get(taint.origin)
        if kinds is None:
            kinds = facts.of(taint.origin)
        if kinds and not kinds <= taint.neutral:
            if found is None:
                found = list(taints)
            found[place] = Taint(
                taint.origin, taint.step, taint.neutral | kinds, taint.composed, taint.sure
            )
    return taints if found is None else tuple(found)


def _applied(state: State, lost: Facts) -> dict[str, Value]:
    facts = said_by(one_of(lost))
    return {
        n: _applied_to(v, facts, DEPTH) if v.taints or v.height else v
        for n, v in state.variables.items()
    }


def truth_of(values: list[tuple[Value, Facts]]) -> tuple[Facts, Facts] | None:
    """Return what it says that one of these is true, or false, each with what holds where it is."""
    yes: Facts | None = None
    no: Facts | None = None
    for value, facts in values:
        mine, other = value.truth if value.truth is not None else (NO_FACTS, NO_FACTS)
        if value.const is MISSING or value.const:
            both = facts | mine
            yes = both if yes is None else common(yes, both)
        if value.const is MISSING or not value.const:
            both = facts | other
            no = both if no is None else common(no, both)
    result = (yes or NO_FACTS, no or NO_FACTS)
    return result if result[0] or result[1] else None


def join_states(left: State, right: State) -> State:
    """Return what is known where control may come from either."""
    if left.dead:
        return right
    if right.dead:
        return left
    facts = common(left.facts, right.facts)
    mine, others = left.variables, right.variables
    if left.facts != facts:
        mine = _applied(left, left.facts - facts)
    if right.facts != facts:
        others = _applied(right, right.facts - facts)
    variables = dict(mine)
    joined: dict[tuple[int, int], Value] = {}
    for name, value in others.items():
        known = variables.get(name)
        if known is None:
            variables[name] = value
        elif known is not value:
            pair = (id(known), id(value))
            found = joined.get(pair)
            if found is None:
                found = joined[pair] = join(known, value)
                if isinstance(known.const, bool) or isinstance(value.const, bool):
                    told = truth_of([(known, left.facts), (value, right.facts)])
                    found = found if told is None else with_truth(found, told)
                    joined[pair] = found
            variables[name] = found
    return State(variables, facts)
