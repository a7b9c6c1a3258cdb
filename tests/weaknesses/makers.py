"""The witness maker of every weakness that has one, by its id."""

from countermine.core.knowledge import WitnessMaker
from countermine.weaknesses.registry import BUILT_IN

MAKERS: dict[str, WitnessMaker] = {
    known.facts.id: known.witness for known in BUILT_IN if known.witness is not None
}
