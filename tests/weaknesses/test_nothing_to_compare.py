"""A value in a statement or command with nothing benign beside it is no sign of safety."""

from dataclasses import replace

import pytest

from countermine.core.spans import tree_path
from countermine.core.witnesses import (
    CANARY,
    Absent,
    Event,
    Observation,
    Shown,
    Unclear,
    Witness,
)
from countermine.prove.judging import settled
from tests.weaknesses.makers import MAKERS
from tests.weaknesses.witness_bench import finding_of
from tests.weaknesses.witness_targets import FUNCTIONS

SQL = "sql-injection"
SHELL = "command-injection"


def observed(*facts: dict[str, str]) -> Observation:
    return Observation(
        stimulus="one",
        events=tuple(
            Event(
                sequence=at,
                name="sql" if "sql" in one else "command",
                detail=tuple(sorted(one.items())),
            )
            for at, one in enumerate(facts)
        ),
        probes_held=True,
        closed=True,
        reached=True,
    )


@pytest.mark.parametrize(
    ("weakness", "seen", "benign", "effect"),
    [
        (SQL, {"sql": f"select '{CANARY}' or 1"}, None, Unclear),
        (SQL, {"sql": f"select '{CANARY}' or 1"}, {"sql": "selec t '' from ("}, Unclear),
        (SQL, {"sql": f"select '{CANARY}' or 1"}, {"sql": "select 'x'"}, Shown),
        (SQL, {"sql": f"select '{CANARY}'"}, {"sql": "select 'x'"}, Absent),
        (SQL, {"sql": "select ?"}, None, Absent),
        (SQL, {"sql": f"SAVEPOINT 1; DROP TABLE {CANARY}"}, {"sql": "SAVEPOINT 1"}, Shown),
        (SQL, {"sql": f"RELEASE SAVEPOINT {CANARY}, x"}, {"sql": "RELEASE SAVEPOINT 1"}, Shown),
        (SQL, {"sql": f'RELEASE SAVEPOINT "{CANARY}; x"'}, {"sql": "RELEASE SAVEPOINT 1"}, Absent),
        (SQL, {"sql": f"VACUUM INTO '{CANARY}' x"}, {"sql": "VACUUM INTO 'a'"}, Shown),
        (SQL, {"sql": f"VACUUM INTO '{CANARY}'"}, {"sql": "VACUUM INTO 'a'"}, Absent),
        (SQL, {"sql": f"RELEASE {CANARY}, x"}, {"sql": "RELEASE '"}, Unclear),
        (SHELL, {"shell": f"echo; {CANARY}"}, None, Unclear),
        (SHELL, {"shell": f"echo; {CANARY}"}, {"argv": '["echo", "x"]'}, Unclear),
        (SHELL, {"shell": f"echo; {CANARY}"}, {"shell": "echo x"}, Shown),
        (SHELL, {"shell": f"echo {CANARY}"}, {"shell": "echo x"}, Absent),
        (SHELL, {"shell": "echo; date"}, None, Absent),
        (SHELL, {"argv": f'["echo", "; {CANARY}"]'}, {"argv": '["echo", "x"]'}, Absent),
    ],
)
def test_what_holds_the_canary_is_only_absent_beside_something_benign(
    weakness: str, seen: dict[str, str], benign: dict[str, str] | None, effect: type
) -> None:
    target = next(one for one in FUNCTIONS if one.weakness == weakness)
    maker = MAKERS[weakness]
    made = maker.make(finding_of(target, target.flawed), {tree_path("app.py"): b""})
    assert isinstance(made, Witness)
    beside = observed(*([] if benign is None else [benign]))
    assert isinstance(maker.judge(made, made.attacks[0], observed(seen), beside), effect)


def test_a_generator_that_was_never_asked_for_is_no_few_bits() -> None:
    """What could not be loaded says why; that too little was drawn would hide it."""
    target = next(one for one in FUNCTIONS if one.weakness == "predictable-randomness")
    maker = MAKERS["predictable-randomness"]
    made = maker.make(finding_of(target, target.flawed), {tree_path("app.py"): b""})
    assert isinstance(made, Witness)
    silent = observed()
    effect = maker.judge(made, made.attacks[0], silent, silent)
    assert isinstance(effect, Unclear)
    assert "bits" in effect.reason
    missed = replace(silent, reached=False, error="ModuleNotFoundError: No module named 'x'")
    effect = settled(maker.judge(made, made.attacks[0], missed, silent), missed, silent)
    assert isinstance(effect, Unclear)
    assert "No module named" in effect.reason
