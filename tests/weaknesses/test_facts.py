import pytest

from countermine.catalogue.loader import load
from countermine.core.weakness import WeaknessFacts
from countermine.report.cwe import cwe_name
from countermine.weaknesses.facts_index import ALL_FACTS

NOT_FOR_MAPPING = {16, 20, 74, 77, 119, 200, 255, 264, 284, 285, 287, 310, 330, 399, 400, 693}
"""Entries that MITRE's usage notes discourage or prohibit, as far as they come near to ours."""
OF_TEMPLATES = {"html-address", "html-attribute", "html-script"}
"""Kinds of the places in a template, which no row of a library has."""
OF_ROUTES = {"missing-authorization", "credentials-sent-on"}
"""Kinds of what a route or a client lacks, which is no call."""


@pytest.mark.parametrize("facts", ALL_FACTS, ids=lambda facts: facts.id)
def test_a_weakness_maps_to_a_named_cwe_that_allows_it(facts: WeaknessFacts) -> None:
    assert facts.cwe not in NOT_FOR_MAPPING
    assert cwe_name(facts.cwe) != f"CWE-{facts.cwe}"


@pytest.mark.parametrize("facts", ALL_FACTS, ids=lambda facts: facts.id)
def test_the_words_fit_the_sentences_they_are_put_into(facts: WeaknessFacts) -> None:
    assert facts.summary.endswith(".")
    assert facts.advice.endswith(".")
    assert not facts.consequence.endswith(".")
    assert facts.consequence[0].islower()


def test_every_kind_of_a_sink_belongs_to_a_weakness_and_the_other_way_round() -> None:
    known = {kind for facts in ALL_FACTS for kind in facts.sink_kinds}
    assert {row.kind for row in load().rows.sinks} | OF_TEMPLATES | OF_ROUTES == known
