from pathlib import Path

import pytest

from countermine.cli.config import find_configuration, schema
from countermine.cli.settings import Settings
from countermine.core.errors import BadUsageError
from countermine.core.levels import Severity, SourceLevel


def written(folder: Path, text: str, name: str = "countermine.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    found = find_configuration(tmp_path, None)
    assert (found.settings, found.origin) == (Settings(), None)


def test_a_file_in_the_target_is_read(tmp_path: Path) -> None:
    written(
        tmp_path,
        '[find]\nlevels = ["remote", "file"]\nfail_on = "high"\nexclude = ["docs/"]\n'
        '[target]\ntest = ["pytest", "-q"]\n[budget]\ncases = 3\n',
    )
    settings = find_configuration(tmp_path, None).settings
    assert settings.find.levels == (SourceLevel.REMOTE, SourceLevel.FILE)
    assert settings.find.fail_on is Severity.HIGH
    assert settings.target.test == ("pytest", "-q")
    assert settings.budget.cases == 3


def test_pyproject_is_read_where_it_has_the_table(tmp_path: Path) -> None:
    written(tmp_path, "[tool.countermine.budget]\ncases = 7\n", "pyproject.toml")
    assert find_configuration(tmp_path, None).settings.budget.cases == 7


def test_a_fetched_target_does_not_configure_its_own_search(tmp_path: Path) -> None:
    written(tmp_path, '[find]\nexclude = ["**"]\n')
    assert find_configuration(None, None).settings == Settings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[find]\nexclud = []\n", "unknown key find.exclud; did you mean 'exclude'?"),
        ("[fnid]\n", "unknown key fnid; did you mean 'find'?"),
        ("[[suppress]]\nid='x'\nreson='y'\n", "suppress"),
        ("[budget]\ncases = 'many'\n", "budget.cases"),
        ("[find]\nlevels = ['moon']\n", "levels"),
        ("[find\n", "not valid TOML"),
        ("[[suppress]]\nid='sql-injection'\nreason='  '\n", "needs a reason"),
        ("[[suppress]]\nid='sql-injection'\n", "suppress.0: 'reason' is missing"),
        ("[suppress]\nid='weak-hash'\n", "suppress: must be tables, each begun by [[suppress]]"),
        ("[find]\nlevels = []\n", "find.levels is empty"),
        ("[budget]\ncases = 0\n", "budget.cases must be at least 1 (it is 0)"),
        ("[budget]\nwall_s = -1\n", "budget.wall_s must be at least 1 (it is -1)"),
        ("[budget]\ncases = 'many'\n", "must be a whole number (it is 'many')"),
        ("[target]\npython = 3.11\n", "target.python: put it in quotes (it is 3.11)"),
        ("[target]\npython = []\n", "target.python: must be a text in quotes (it is [])"),
        ("[target]\ntest = 'pytest'\n", "target.test: must be a list of texts (it is 'pytest')"),
        ("[find]\ninclude_tests = 'no way'\n", "must be true or false"),
        ("find = 1\n", "find: must be a table (it is 1)"),
        ("[find]\nfail_on = 'moon'\n", "find.fail_on: must be 'low', 'medium'"),
    ],
)
def test_what_is_not_known_is_one_line_that_names_the_file(
    tmp_path: Path, text: str, said: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadUsageError) as caught:
        find_configuration(tmp_path, None)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_given_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadUsageError, match="cannot read the configuration"):
        find_configuration(tmp_path, tmp_path / "none.toml")


def test_the_schema_describes_every_key() -> None:
    text = str(schema())
    for word in ("exclude", "fail_on", "environment", "cases", "expires", "additionalProperties"):
        assert word in text


def test_a_pyproject_that_cannot_be_read_is_told_and_does_not_stop(tmp_path: Path) -> None:
    for text in ("[project\n", "a = " + "[" * 100_000, "[tool.countermine\n"):
        path = written(tmp_path, text, "pyproject.toml")
        found = find_configuration(tmp_path, None)
        assert found.settings == Settings()
        (note,) = found.notes
        assert note.startswith(f"{path} is not valid TOML: ")
        with pytest.raises(BadUsageError, match="not valid TOML"):
            find_configuration(None, path)


def test_of_two_places_for_settings_it_is_told_which_is_used(tmp_path: Path) -> None:
    own = written(tmp_path, "[budget]\ncases = 3\n")
    project = written(tmp_path, "[tool.countermine.budget]\ncases = 7\n", "pyproject.toml")
    found = find_configuration(tmp_path, None)
    assert (found.settings.budget.cases, found.origin) == (3, own)
    assert found.notes == (f"{own} is used; [tool.countermine] of {project} is not",)
