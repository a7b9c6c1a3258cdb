"""The witness maker of every weakness, by its id."""

import importlib

from countermine.core.knowledge import WitnessMaker
from countermine.weaknesses.facts_index import ALL_FACTS

MAKERS: dict[str, WitnessMaker] = {
    facts.id: importlib.import_module(
        f"countermine.weaknesses.{facts.id.replace('-', '_')}.witness"
    ).WITNESS
    for facts in ALL_FACTS
}
