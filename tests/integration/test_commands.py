"""The command line as one who is new to it types it."""

import json
import subprocess
import warnings
from pathlib import Path

import pytest

from tests.integration.conftest import FLAW, Call

USAGE, LACKS = 2, 5


def test_the_version_is_told_without_a_command(call: Call) -> None:
    answer = call("--version")
    assert answer.code == 0
    assert answer.out.startswith("countermine ")


@pytest.mark.parametrize("words", [[], ["ledger"]])
def test_no_command_gives_the_help(call: Call, words: list[str]) -> None:
    answer = call(*words)
    assert answer.code == USAGE
    assert answer.err.startswith("Usage: countermine")
    assert "Commands:" in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fnid", "."], "Did you mean 'find'?"),
        (["find", ".", "--level"], "see `countermine find --help`"),
        (["explain", "code"], "did you mean 'code-injection'?"),
        (["explain", "sql-injektion"], "did you mean 'sql-injection'?"),
        (["prove", "x", "--config", "c.toml"], "--config goes with --target"),
        (["prove", "x", "--run", "r", "--target", "."], "--run and --target exclude"),
        (["find", ".", "--html", "-"], "/dev/stdout"),
        (["find", ".", "--sarif", "/"], "it is a folder"),
        (["fix", ".", "--only", "sql-injektion"], "did you mean sql-injection?"),
        (["run", ".", "--only", "sqli", "--only", "moon"], "'moon' is no weakness"),
        (["find", ".", "--only", "moon"], "'moon' is no weakness"),
    ],
)
def test_what_was_meant_is_named(call: Call, words: list[str], said: str) -> None:
    answer = call(*words)
    assert answer.code == USAGE
    assert said in answer.line


def test_a_number_is_asked_for_as_a_number(call: Call) -> None:
    assert "--max-cases N" in call("run", "--help").out
    assert "range" not in call("run", "--help").out


def test_a_weakness_is_known_in_any_case(call: Call) -> None:
    assert call("explain", "SQL-Injection").out == call("explain", "sql-injection").out


@pytest.mark.parametrize("command", ["find", "run", "fix"])
def test_a_place_that_cannot_be_written_is_told_before_the_work(
    call: Call, tree: Path, state: Path, command: str
) -> None:
    (tree / "app.py").write_text(FLAW)
    answer = call(command, tree, "--html", tree / "no" / "such.html")
    assert answer.code == LACKS
    assert "make it first" in answer.line
    assert not (state / "runs").exists()


def test_comments_that_did_not_serve_are_told_wherever_they_stand(call: Call, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    (tree / "quiet.py").write_text("x = 1  # countermine: ignore[sqli] nothing here\n")
    notes = json.loads(call("find", tree, "--json").out)["notes"]
    assert notes == [
        "quiet.py:1: ignore[sqli] set nothing aside; it stands on the line of the sink"
    ]


def test_everything_excluded_is_not_called_empty(call: Call, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    for words in (["--path", "app.py", "--exclude", "app.py"], ["--exclude", "*.py"]):
        assert "everything was excluded" in call("find", tree, *words).line


def test_a_broken_pyproject_is_a_note_of_the_search(call: Call, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    (tree / "pyproject.toml").write_text("[project\n")
    answer = call("find", tree, "--json")
    assert json.loads(answer.out)["findings"]
    (note,) = json.loads(answer.out)["notes"]
    assert "pyproject.toml is not valid TOML" in note


def test_code_is_shown_whole_where_no_terminal_reads_it(call: Call, tree: Path) -> None:
    line = f"    return eval(sys.argv[1] + {'x' * 100!r})"
    (tree / "app.py").write_text(FLAW.replace("    return eval(sys.argv[1])", line))
    assert line.strip() in call("find", tree, "--verbose").out


def committed(target: Path) -> Path:
    """Make a git repository of a tree, all of it committed."""
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        who = ["-c", "user.name=a", "-c", "user.email=a@b.invalid"]
        subprocess.run(["git", *who, *words], cwd=target, check=True, timeout=60)
    return target


@pytest.mark.slow
def test_one_file_that_was_edited_is_one_file(program: Call, tree: Path) -> None:
    (tree / "app.py").write_text(
        "import hashlib\n\n\ndef password_hash(password):\n"
        "    return hashlib.md5(password).hexdigest()\n" + FLAW
    )
    said = program("fix", committed(tree), "--apply").out
    assert "1 file of the target edited" in said


@pytest.mark.slow
def test_an_alias_chooses_cases_and_what_is_left_out_is_told(program: Call, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW + FLAW.replace("main", "more"))
    document = json.loads(program("fix", tree, "--json", "--max-cases", "1").out)
    assert len(document["cases"]) == 1
    said = program("fix", tree, "--max-cases", "1").out
    assert "Note: 1 finding was left out: at most one case is made (--max-cases" in said
    assert "..." not in said, "what is no terminal takes lines of any length"
    assert document["notes"][0].startswith("1 finding was left out: at most one case is made")
    document = json.loads(program("fix", tree, "--json", "--only", "xss").out)
    assert document["cases"] == []
    assert document["notes"] == ["--only cross-site-scripting: there is no such finding"]


@pytest.mark.slow
def test_a_case_is_found_in_whichever_run_has_it(program: Call, tmp_path: Path) -> None:
    ids = []
    for name in ("first", "second"):
        tree = tmp_path / name
        tree.mkdir()
        (tree / f"{name}.py").write_text(FLAW)
        (case,) = json.loads(program("fix", tree, "--json").out)["cases"]
        ids.append(case["id"])
    assert ids[0] != ids[1]
    for case in ids:
        assert program("explain", case).out.startswith(case)
    answer = program("explain", "code-injection-00000000")
    assert answer.code == USAGE
    assert answer.line.endswith("?")


def test_what_python_says_of_the_texts_of_the_target_is_not_shown(call: Call) -> None:
    call("--version")
    with warnings.catch_warnings(record=True) as said:
        warnings.warn_explicit("invalid escape sequence", SyntaxWarning, "<unknown>", 1)
    assert said == []
