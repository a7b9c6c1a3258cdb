"""Every witness shows the flaw where it is, and says nothing where it is not."""

import pytest

from countermine.core.witnesses import Absent, Shown
from countermine.prove.gates.control import control_trouble
from tests.weaknesses.database_targets import SERVERS
from tests.weaknesses.entered_frameworks import COMMANDS, FURTHER, SERVED, STRANGE
from tests.weaknesses.entered_targets import PLAIN, WEB
from tests.weaknesses.observed_targets import OBSERVED
from tests.weaknesses.query_targets import ASKED
from tests.weaknesses.witness_bench import Bench
from tests.weaknesses.witness_targets import FUNCTIONS, WITH_PACKAGES, Target


def claim(bench: Bench, target: Target) -> None:
    """The flawed source shows, the others do not; the control works in all."""
    effects, benign, _ = bench.run(target, target.flawed)
    assert benign.reached
    assert benign.error is None
    assert any(isinstance(effect, Shown) for effect in effects), effects
    for source in target.fixed:
        effects, benign, _ = bench.run(target, source)
        assert benign.error is None
        assert all(isinstance(effect, Absent) for effect in effects), effects


@pytest.mark.parametrize("target", [*FUNCTIONS, *OBSERVED], ids=lambda target: target.name)
def test_a_flaw_is_shown_and_its_fixes_are_silent(bench: Bench, target: Target) -> None:
    claim(bench, target)


@pytest.mark.parametrize("target", OBSERVED, ids=lambda target: target.name)
def test_a_patch_of_the_symptom_is_refused(bench: Bench, target: Target) -> None:
    symptoms(bench, target)


def symptoms(bench: Bench, target: Target) -> None:
    """No wrong patch is silent where the legitimate use works as before."""
    _, before, _ = bench.run(target, target.flawed)
    for source in target.wrong:
        effects, after, _ = bench.run(target, source)
        silent = all(isinstance(effect, Absent) for effect in effects)
        works = control_trouble(after) is None and after.result == before.result
        assert not (silent and works), source


@pytest.mark.online
@pytest.mark.parametrize(
    "target", [*WITH_PACKAGES, *SERVERS, *ASKED], ids=lambda target: target.name
)
def test_a_flaw_in_a_library_call_is_shown(online_bench: Bench, target: Target) -> None:
    claim(online_bench, target)


@pytest.mark.online
@pytest.mark.parametrize("target", ASKED, ids=lambda target: target.name)
def test_a_patch_of_the_symptom_in_a_library_call_is_refused(
    online_bench: Bench, target: Target
) -> None:
    symptoms(online_bench, target)


def shown_through(bench: Bench, target: Target) -> None:
    effects, benign, _ = bench.run(target, target.flawed, most=2)
    assert benign.reached
    assert benign.error is None
    assert any(isinstance(effect, Shown) for effect in effects), effects


@pytest.mark.parametrize("target", PLAIN + SERVED, ids=lambda target: target.name)
def test_programs_and_objects_are_entered(bench: Bench, target: Target) -> None:
    shown_through(bench, target)


@pytest.mark.online
@pytest.mark.parametrize("target", WEB + FURTHER + COMMANDS, ids=lambda target: target.name)
def test_views_and_routes_are_entered(online_bench: Bench, target: Target) -> None:
    shown_through(online_bench, target)


def test_what_was_missing_to_call_a_function_is_told_by_name(bench: Bench) -> None:
    _, benign, _ = bench.run(STRANGE, STRANGE.flawed, most=1)
    assert not benign.reached
    assert benign.error is not None
    assert benign.error.startswith("nothing is known of what strange takes as thing: ")
