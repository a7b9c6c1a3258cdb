"""Expressions of the target's modules tell of themselves."""

from countermine.prove.harness import sinks_xpaths
from countermine.prove.harness.rewriting import telling
from countermine.prove.harness.sinks_regexes import NAME as OF_REGEXES


def test_only_the_method_that_selects_is_called_by_another_name() -> None:
    source = b"tree.xpath = tree.xpath('//a').match\n"
    names = telling(source, "app.py", sinks_xpaths.NAME, ("xpath",)).co_names
    assert sinks_xpaths.NAME in names
    assert OF_REGEXES not in names
    assert "match" in names
