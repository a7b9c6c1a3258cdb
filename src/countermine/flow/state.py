"""What is known at one point of a function: variables, and facts about where taint came from."""

from countermine.flow.values import NO_FACTS, Facts, OriginKey, Value, join


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


def join_states(left: State, right: State) -> State:
    """Return what is known where control may come from either."""
    if left.dead:
        return right
    if right.dead:
        return left
    variables = dict(left.variables)
    for name, value in right.variables.items():
        known = variables.get(name)
        if known is None:
            variables[name] = value
        elif known is not value:
            variables[name] = join(known, value)
    return State(variables, left.facts & right.facts)


def holds(facts: Facts, key: OriginKey, kind: str) -> bool:
    """Tell whether what comes from an origin is known to be harmless for a kind."""
    if not facts:
        return False
    if (key, kind) in facts or (key, "*") in facts:
        return True
    return any((key[:n], kind) in facts or (key[:n], "*") in facts for n in range(3, len(key)))
