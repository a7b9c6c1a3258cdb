from pathlib import Path

import pytest

from countermine import weaknesses
from countermine.core.weakness import WeaknessId
from countermine.weaknesses.facts_index import ALIASES, ALL_FACTS
from countermine.weaknesses.registry import BUILT_IN, weakness

FOLDERS = sorted(
    path.parent.name for path in Path(weaknesses.__file__ or "").parent.glob("*/facts.py")
)


def test_both_lists_hold_the_same_weaknesses_in_the_same_order() -> None:
    assert tuple(known.facts for known in BUILT_IN) == ALL_FACTS


def test_every_folder_is_listed_and_named_after_its_id() -> None:
    assert sorted(facts.id.replace("-", "_") for facts in ALL_FACTS) == FOLDERS


def test_a_sink_kind_belongs_to_one_weakness_only() -> None:
    kinds = [kind for facts in ALL_FACTS for kind in facts.sink_kinds]
    assert sorted(set(kinds)) == sorted(kinds)


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_an_alias_leads_to_a_weakness_and_is_no_id_itself(alias: WeaknessId) -> None:
    ids = {facts.id for facts in ALL_FACTS}
    assert ALIASES[alias] in ids
    assert alias not in ids


def test_a_weakness_answers_to_its_id_and_its_alias() -> None:
    found = weakness("sqli")
    assert found is not None
    assert found is weakness("sql-injection")


def test_an_unknown_name_is_no_weakness() -> None:
    assert weakness("no-such-weakness") is None
