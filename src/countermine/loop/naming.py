"""The names that the weaknesses of this program answer to."""

from countermine.find.naming import Names
from countermine.weaknesses.facts_index import ALIASES, ALL_FACTS

NAMES = Names(
    ids={
        **{str(facts.id): str(facts.id) for facts in ALL_FACTS},
        **{str(alias): str(meant) for alias, meant in ALIASES.items()},
    }
)
