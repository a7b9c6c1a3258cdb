"""What a patch must not bring past the people who read it."""

from pathlib import Path

import pytest

from countermine.core.environment import NoEnvironment
from countermine.core.patches import PatchOrigin
from countermine.core.spans import tree_path
from countermine.prove.deceptions import modules_of, violations
from countermine.testing.proving import own_environment

PATH = tree_path("app.py")
OLD = "import os\nimport known\n\n\ndef view(text):\n    return os.system(text)  # nosec\n"


def found(
    line: str, origin: PatchOrigin = PatchOrigin.MODEL, modules: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    return violations(
        {PATH: OLD.encode()}, {PATH: (OLD + line + "\n").encode()}, origin, modules.__contains__
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("x = '\u202e'", "app.py newly holds the unseen character U+202E"),
        ("# \u2066 admin \u2069", "app.py newly holds the unseen character U+2066"),
        ("x = 'a\u200bb'", "app.py newly holds the unseen character U+200B"),
        ("x = '\U000e0041'", "app.py newly holds the unseen character U+E0041"),
        ("x = '\x1b[2J'", "app.py newly holds the unseen character U+001B"),
        ("v\u0430lidate = 1", "app.py newly has the name v\\u0430lidate"),
        ("x = 1  # nosec", "app.py newly silences a scanner: # nosec"),
        ("x = 1  # noqa", "app.py newly silences a scanner: # noqa"),
        ("x = 1  # noqa: S602", "app.py newly silences a scanner: # noqa"),
        ("x = 1  # nosemgrep: rule", "app.py newly silences a scanner: # nosemgrep"),
        ("x = 1  # codeql[py/x]", "app.py newly silences a scanner: # codeql["),
        (
            "x = 1  # countermine: ignore[sql-injection] ok",
            "app.py newly silences a scanner: # countermine:",
        ),
        (
            "def f():\n    import evil_helper.text",
            "app.py newly imports evil_helper, which neither the target nor its environment has",
        ),
        (
            "try:\n    from evil import x\nexcept ImportError:\n    x = None",
            "app.py newly imports evil, which neither the target nor its environment has",
        ),
    ],
)
def test_a_model_may_not_bring_it(line: str, told: str) -> None:
    assert told in found(line)


@pytest.mark.parametrize(
    "line",
    [
        "import known.part",
        "import shlex",
        "from . import own",
        "from .own import thing",
        "import declared",
        "x = 'caf\u00e9 \u2603'",
        "x = 1  # noqa: E501",
        "# a comment on noqa",
        "def view(text: str) -> int:\n    return 1",
    ],
)
def test_what_fixes_are_made_of_is_let_through(line: str) -> None:
    assert found(line, modules=frozenset({"declared"})) == ()


@pytest.mark.parametrize("line", ["v\u0430lidate = 1", "x = 1  # nosec", "import evil"])
def test_a_person_vouches_for_what_they_add(line: str) -> None:
    assert found(line, PatchOrigin.PERSON) == ()


def test_text_that_turns_round_is_refused_from_a_person_too() -> None:
    assert found("x = '\u202e'", PatchOrigin.PERSON) != ()
    assert found("x = '\u202e'", PatchOrigin.REMEDY) == ()


def test_what_was_there_before_is_not_judged() -> None:
    old = OLD + "x = '\u202e'  # nosec\nimport gone\nv\u0430lidate = 1\n"
    new = old + "y = 2\n"
    assert violations({PATH: old.encode()}, {PATH: new.encode()}, PatchOrigin.MODEL, bool) == ()


def test_modules_are_those_of_the_target_and_of_its_environment(tmp_path: Path) -> None:
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "tasks.py").touch()
    has = modules_of(tmp_path, own_environment(import_roots=("src",)))
    assert [has(name) for name in ("shop", "tasks", "pytest", "evil_helper")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert modules_of(tmp_path, NoEnvironment(reason="none"))("anything")
