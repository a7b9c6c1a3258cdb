from pathlib import Path

import pytest

from countermine.core.environment import NoTests, TestPlan, TestRunner
from countermine.target.inventory import take_inventory
from countermine.target.pytest_config import read_pytest_config
from countermine.target.tests_of_target import plan_tests, plans_of_tests

UNITTEST = "import unittest\nclass T(unittest.TestCase):\n    def test_x(self): pass\n"
PYTEST = "def test_x():\n    assert True\n"


def plan(root: Path, files: dict[str, str], **options: bool) -> TestPlan | NoTests:
    for name, text in {"pkg/__init__.py": "", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return plan_tests(root, take_inventory(root), **options)


def test_functions_named_test_are_for_pytest(tmp_path: Path) -> None:
    found = plan(tmp_path, {"tests/test_a.py": PYTEST, "tests/deep/test_b.py": PYTEST})
    assert found == TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))


def test_test_cases_alone_are_for_unittest(tmp_path: Path) -> None:
    files = {"tests/__init__.py": "", "tests/test_a.py": UNITTEST}
    assert plan(tmp_path, files) == TestPlan(runner=TestRunner.UNITTEST, arguments=("tests",))


def test_test_cases_of_a_project_that_names_pytest_are_for_pytest(tmp_path: Path) -> None:
    found = plan(tmp_path, {"tests/test_a.py": UNITTEST}, wants_pytest=True)
    assert found == TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\ntestpaths = checks\n"),
        ("tox.ini", "[pytest]\ntestpaths = checks gone\n"),
        ("setup.cfg", "[tool:pytest]\ntestpaths =\n    checks\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\ntestpaths = ['checks']\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\ntestpaths = 'checks'\n"),
    ],
)
def test_the_configured_paths_are_run(tmp_path: Path, name: str, text: str) -> None:
    found = plan(tmp_path, {name: text, "checks/test_a.py": UNITTEST})
    assert found == TestPlan(runner=TestRunner.PYTEST, arguments=("checks",))


@pytest.mark.parametrize("path", ["../other", "/etc", "-x", "gone"])
def test_configured_paths_outside_the_tree_are_not_run(tmp_path: Path, path: str) -> None:
    (tmp_path / "other").mkdir()
    root = tmp_path / "tree"
    found = plan(root, {"pytest.ini": f"[pytest]\ntestpaths = {path}\n", "tests/test_a.py": PYTEST})
    assert found == TestPlan(runner=TestRunner.PYTEST, arguments=("tests",))


def test_tests_beside_the_code_are_named_one_by_one(tmp_path: Path) -> None:
    found = plan(tmp_path, {"pkg/test_a.py": PYTEST, "pkg/sub/tests/test_b.py": PYTEST})
    assert found == TestPlan(runner=TestRunner.PYTEST, arguments=("pkg/sub/tests", "pkg/test_a.py"))


def test_unittest_files_that_discovery_would_miss_are_named(tmp_path: Path) -> None:
    found = plan(tmp_path, {"a_test.py": UNITTEST, "t/test_b.py": UNITTEST, "test_c.py": UNITTEST})
    assert found == TestPlan(runner=TestRunner.UNITTEST, arguments=(".", "a_test.py", "t"))


def test_a_command_of_the_user_goes_before_all(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    found = plan_tests(tmp_path, take_inventory(tmp_path), ("make", "check"))
    assert found == TestPlan(runner=TestRunner.COMMAND, arguments=("make", "check"))


def test_a_tree_without_tests_says_so(tmp_path: Path) -> None:
    files = {"tests/helper.py": "x = 1\n", "tests/test_empty.py": "x = 1\n"}
    assert plan(tmp_path, files) == NoTests(reason="the tree holds no tests")


def test_files_of_unittest_are_run_one_by_one_where_discovery_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    for name in ("__init__.py", "beside.py", "test_a.py", "test_b.py"):
        (tmp_path / "tests" / name).write_text(UNITTEST if name.startswith("test") else "")
    found = plans_of_tests(tmp_path, take_inventory(tmp_path))
    assert not isinstance(found, NoTests)
    assert [plan.arguments for plan in found] == [
        ("tests",),
        ("tests/test_a.py", "tests/test_b.py"),
    ]


DJANGO = "from django.test import TestCase\nclass T(TestCase):\n    def test_x(self): pass\n"


def ways(tmp_path: Path, files: dict[str, str]) -> tuple[tuple[str, ...], ...]:
    """Return the ways to run the tests of a tree, each as its runner and arguments."""
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    found = plans_of_tests(tmp_path, take_inventory(tmp_path))
    assert not isinstance(found, NoTests)
    return tuple((plan.runner.value, *plan.arguments) for plan in found)


def test_djangos_own_runner_is_started_with_the_settings_for_tests(tmp_path: Path) -> None:
    files = {
        "pkg/tests/test_a.py": DJANGO,
        "pkg/tests/settings.py": "INSTALLED_APPS = []\n",
        "example/settings.py": "INSTALLED_APPS = []\n",
    }
    assert ways(tmp_path, files) == (
        ("script", "-m", "django", "test", "--settings=pkg.tests.settings"),
        ("script", "-m", "django", "test", "--settings=example.settings"),
    )


def test_a_program_of_the_project_goes_before_settings_and_a_template_of_one_is_none(
    tmp_path: Path,
) -> None:
    files = {
        "pkg/tests/test_a.py": DJANGO,
        "pkg/tests/settings.py": "INSTALLED_APPS = []\n",
        "pkg/template/manage.py": "os.environ['X'] = '{{ project_name }}.settings'\n",
        "demo/manage.py": "x = 1\n",
        "tests/runtests.py": "x = 1\n",
    }
    assert ways(tmp_path, files) == (
        ("script", "tests/runtests.py"),
        ("script", "-m", "django", "test", "--settings=pkg.tests.settings"),
        ("script", "demo/manage.py", "test"),
    )


def test_django_without_settings_says_what_to_do(tmp_path: Path) -> None:
    found = plan(tmp_path, {"pkg/tests.py": DJANGO})
    assert isinstance(found, NoTests)
    assert "Django" in found.reason


def test_django_with_settings_for_pytest_is_run(tmp_path: Path) -> None:
    text = "from django.test import TestCase\nclass T(TestCase):\n    def test_x(self): pass\n"
    ini = "[pytest]\nDJANGO_SETTINGS_MODULE = pkg.settings\n"
    found = plan(tmp_path, {"pkg/tests.py": text, "pytest.ini": ini})
    assert found == TestPlan(runner=TestRunner.PYTEST, arguments=("pkg/tests.py",))


@pytest.mark.parametrize(
    ("name", "text", "plugins"),
    [
        ("pytest.ini", "[pytest]\naddopts = -v --cov=x --cov-report=xml -n4\n", "cov xdist"),
        ("setup.cfg", "[tool:pytest]\naddopts =\n  --timeout 5\n  --strict\n", "timeout"),
        ("pytest.ini", "[pytest]\nrequired_plugins = pytest-mock>=1\n", "mock>=1"),
        ("pyproject.toml", "[tool.pytest.ini_options]\nasyncio_mode = 'auto'\n", "asyncio"),
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = ['--cov']\n", "cov"),
        ("pytest.ini", "[pytest]\naddopts = -k 'unclosed\n", ""),
        ("tox.ini", "[tox]\n", ""),
    ],
)
def test_plugins_are_those_that_the_configuration_counts_on(
    tmp_path: Path, name: str, text: str, plugins: str
) -> None:
    (tmp_path / name).write_text(text)
    expected = tuple(f"pytest-{plugin}" for plugin in plugins.split())
    assert read_pytest_config(tmp_path).plugins == expected
