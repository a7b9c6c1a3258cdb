"""Proposing a patch: in a process of its own, bounded."""

from dataclasses import replace

import pytest

from countermine.core.knowledge import NamedRemedy, NoRemedy, Weakness
from countermine.core.levels import Severity
from countermine.core.patches import Patch, apply
from countermine.core.spans import tree_path
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId
from countermine.fix.propose import RewriteBounds, propose
from countermine.testing.odd_remedies import FAULTY, GREEDY, NEVER_ENDS, RENAME
from countermine.testing.remedies import PATH, marked

FACTS = WeaknessFacts(
    id=WeaknessId("made-up"),
    cwe=Cwe(22),
    title="Made up",
    summary="Something goes wrong.",
    consequence="do harm",
    advice="Do not.",
    sink_kinds=("made-up",),
    severity=Severity.HIGH,
)


def _weakness(*remedies: NamedRemedy) -> Weakness:
    return Weakness(facts=FACTS, remedies=remedies, witness=None)


def test_the_first_remedy_that_fits_makes_the_patch() -> None:
    text, finding = marked("«bad(1)»\n")

    patch = propose(finding, {PATH: text}, _weakness(RENAME, FAULTY))

    assert isinstance(patch, Patch)
    assert patch.author == "rename"
    assert apply(patch, {PATH: text}) == {PATH: b"good(1)\n"}


def test_reasons_are_told_when_none_fits() -> None:
    text, finding = marked("«fine(1)»\n")

    assert propose(finding, {PATH: text}, _weakness(RENAME)) == NoRemedy(reason="not bad")


def test_a_template_is_not_rewritten() -> None:
    text, finding = marked("«bad(1)»\n")
    place = replace(finding.location, path=tree_path("templates/page.html"))
    answer = propose(replace(finding, location=place), {place.path: text}, _weakness(RENAME))

    assert answer == NoRemedy(reason="a template is not rewritten: remedies rewrite Python")


def test_a_weakness_without_remedies_says_so() -> None:
    text, finding = marked("«bad(1)»\n")

    assert propose(finding, {PATH: text}, _weakness()) == NoRemedy(reason="made-up has no remedy")


@pytest.mark.parametrize(
    ("prefix", "suffix"), [("(", ")"), ("[", "]"), ("f(", ")"), ("-", ""), ("x if y else ", "")]
)
def test_nesting_that_crashes_the_parser_is_no_crash_of_ours(prefix: str, suffix: str) -> None:
    text, finding = marked(f"«bad(1)»\nx = {prefix * 60_000}1{suffix * 60_000}\n")

    outcome = propose(finding, {PATH: text}, _weakness(RENAME))

    assert isinstance(outcome, NoRemedy)
    assert "crashed" in outcome.reason or "nested" in outcome.reason


def test_a_remedy_that_never_ends_is_stopped() -> None:
    text, finding = marked("«bad(1)»\n")

    outcome = propose(
        finding, {PATH: text}, _weakness(NEVER_ENDS), bounds=RewriteBounds(wall_s=0.3)
    )

    assert outcome == NoRemedy(reason="rewriting took longer than 0.3 seconds")


def test_a_remedy_that_wants_too_much_memory_is_refused() -> None:
    text, finding = marked("«bad(1)»\n")

    outcome = propose(
        finding, {PATH: text}, _weakness(GREEDY), bounds=RewriteBounds(memory_bytes=256 << 20)
    )

    assert outcome == NoRemedy(reason="rewriting needs more memory than it may have")


def test_a_remedy_that_raises_is_reported_and_nothing_is_lost() -> None:
    text, finding = marked("«bad(1)»\n")

    assert propose(finding, {PATH: text}, _weakness(FAULTY)) == NoRemedy(
        reason="a remedy failed: KeyError: 'a bug'"
    )


def test_a_remedy_can_be_left_out() -> None:
    text, finding = marked("«bad(1)»\n")

    assert propose(finding, {PATH: text}, _weakness(RENAME), without={"rename"}) == NoRemedy(
        reason="made-up has no other remedy"
    )
