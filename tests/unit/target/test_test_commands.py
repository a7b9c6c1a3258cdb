from pathlib import Path

import pytest

from countermine.core.environment import TestRunner
from countermine.target.test_commands import told_plans


def told(root: Path, files: dict[str, str]) -> list[tuple[str, ...]]:
    for path, text in {"tests/test_a.py": "", "runtests.py": "", "manage.py": "", **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return [(plan.runner.value, *plan.arguments) for plan in told_plans(root)]


@pytest.mark.parametrize(
    ("command", "plan"),
    [
        ("pytest {posargs:tests}", "pytest tests"),
        ("py.test -v --cov=pkg --ds=tests.settings tests", "pytest --ds=tests.settings tests"),
        ("python -b -m pytest -p no:doctest -n 4 tests", "pytest -p no:doctest tests"),
        ("python -m unittest discover -s tests", "script -m unittest discover -s tests"),
        ("{envpython} -W all -m nose2 -v {posargs}", "script -m nose2 -v"),
        (
            "coverage run --branch -m django test --settings=t.s",
            "script -m django test --settings=t.s",
        ),
        ("python -m coverage run --source pkg runtests.py -v", "script runtests.py -v"),
        ("python -m coverage run {[coverage]rc} -m nose2 {posargs}", "script -m nose2"),
        ("django-admin test --settings=t.s", "script -m django test --settings=t.s"),
        ("{toxinidir}/runtests.py --fast", "script runtests.py --fast"),
        ("poetry run python manage.py test pkg", "script manage.py test pkg"),
        ("trial pkg", "script -m twisted.trial pkg"),
        ("python manage.py migrate", None),
        ("python -m flake8 tests", None),
        ("python ../elsewhere/runtests.py", None),
        ("curl https://example.test/runtests.py", None),
        ("pip install pytest", None),
    ],
)
def test_a_command_of_tox_is_read_as_far_as_it_is_known(
    tmp_path: Path, command: str, plan: str | None
) -> None:
    expected = [] if plan is None else [tuple(plan.split())]
    assert told(tmp_path, {"tox.ini": f"[testenv]\ncommands = {command}\n"}) == expected


def test_variables_that_tox_sets_go_with_the_tests(tmp_path: Path) -> None:
    tox = """
[testenv]
setenv =
    PYTHONPATH = {toxinidir}/lib
    DJANGO_SETTINGS_MODULE=tests.settings
    cov: COVERAGE_FILE=x
    SECRET={env:SECRET}
commands = MODE=fast pytest
"""
    assert told(tmp_path, {"tox.ini": tox}) == [("pytest",)]
    assert told_plans(tmp_path)[0].env == (
        ("DJANGO_SETTINGS_MODULE", "tests.settings"),
        ("MODE", "fast"),
        ("PYTHONPATH", "lib"),
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("noxfile.py", 'def tests(session):\n    session.run("python", "-m", "unittest", "-v")\n'),
        ("pyproject.toml", '[tool.hatch.envs.default.scripts]\ntest = "RUN"\n'),
        ("pyproject.toml", '[tool.pdm.scripts]\ntest = {cmd = "RUN"}\n'),
        ("pyproject.toml", '[tool.tox]\nlegacy_tox_ini = """\n[testenv]\ncommands = RUN\n"""\n'),
        ("setup.cfg", "[tox:testenv]\ncommands = RUN\n"),
        ("Makefile", "test:\n\t@$(PYTHON) -m unittest -v\n"),
        (".travis.yml", "script:\n  - RUN\n"),
        (".github/workflows/ci.yml", "    - run: RUN\n"),
        (".github/workflows/ci.yml", "    - run: |\n        pip install .\n        RUN\n"),
    ],
)
def test_whatever_names_the_command_is_read(tmp_path: Path, path: str, text: str) -> None:
    assert told(tmp_path, {path: text.replace("RUN", "python -m unittest -v")}) == [
        ("script", "-m", "unittest", "-v")
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tox.ini", "no section\n"),
        ("pyproject.toml", "[tool\n"),
        ("noxfile.py", "def tests(session:\n"),
        ("Makefile", "test:\n\techo 'pytest\n"),
    ],
)
def test_what_cannot_be_read_says_nothing(tmp_path: Path, path: str, text: str) -> None:
    assert told(tmp_path, {path: text}) == []


def test_the_same_command_in_two_files_is_one_way(tmp_path: Path) -> None:
    files = {
        "tox.ini": "[testenv]\ncommands = pytest tests\n",
        "Makefile": "test:\n\tpytest tests\n",
    }
    assert told(tmp_path, files) == [("pytest", "tests")]
    assert told_plans(tmp_path)[0].runner is TestRunner.PYTEST
