"""``find --since`` and ``find --baseline``: what is new, in trees of real repositories."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.integration.conftest import Call

HELPER = "import subprocess\n\n\ndef run(line):\n    subprocess.run(line, shell=True)\n"
VIEW = """\
from flask import Flask, request
{imported}
app = Flask(__name__)


@app.route("/{name}")
def {name}():
    {call}("ls " + request.args["d"])
    return "ok"
"""
OLD = VIEW.format(imported="import os\n", name="old", call="os.system")
NEW = VIEW.format(imported="from helper import run\n", name="new", call="run")


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tree: Path) -> Path:
    """Two files that are committed: a flaw, and a helper that nothing calls with foreign data."""
    git(tree, "init", "--quiet", "--initial-branch=main")
    (tree / "helper.py").write_text(HELPER)
    (tree / "old.py").write_text(OLD)
    git(tree, "add", ".")
    git(tree, "commit", "--quiet", "-m", "First")
    return tree


def places(out: str) -> list[str]:
    return sorted(finding["location"]["path"] for finding in json.loads(out)["findings"])


def test_a_change_that_feeds_an_old_sink_is_found_since(repository: Path, call: Call) -> None:
    (repository / "new.py").write_text(NEW)
    assert places(call("find", repository, "--json").out) == ["helper.py", "old.py"]
    assert places(call("find", repository, "--since", "HEAD", "--json").out) == ["helper.py"]


def test_nothing_is_found_since_where_nothing_changed(repository: Path, call: Call) -> None:
    answer = call("find", repository, "--since", "main", "--json")
    assert places(answer.out) == []
    assert answer.code == 0


def test_a_checkout_with_other_line_ends_is_no_change(repository: Path, call: Call) -> None:
    (repository / "old.py").write_bytes(OLD.replace("\n", "\r\n").encode())
    assert places(call("find", repository, "--since", "HEAD", "--json").out) == []


def test_a_search_of_a_folder_below_the_repository_compares_that_folder(
    repository: Path, call: Call
) -> None:
    inner = repository / "inner"
    inner.mkdir()
    (inner / "old.py").write_text(OLD)
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "Second")
    assert places(call("find", inner, "--since", "HEAD", "--json").out) == []
    assert places(call("find", inner, "--baseline", "HEAD", "--json").out) == []
    assert call("find", inner, "--baseline", "HEAD~1").code == 2


def test_what_an_earlier_commit_had_is_set_aside(repository: Path, call: Call) -> None:
    (repository / "new.py").write_text(NEW)
    answer = call("find", repository, "--baseline", "HEAD", "--json")
    assert places(answer.out) == ["helper.py"]
    aside = json.loads(answer.out)["suppressed"]
    assert [item["finding"]["location"]["path"] for item in aside] == ["old.py"]


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_what_an_earlier_report_had_is_set_aside_wherever_it_moved(
    repository: Path, call: Call, tmp_path: Path, form: str
) -> None:
    report = tmp_path / f"before.{form}"
    if form == "json":
        report.write_text(call("find", repository, "--json").out)
    else:
        call("find", repository, "--sarif", report, "--quiet")
    (repository / "old.py").write_text("\n\n# moved\n" + OLD)
    (repository / "new.py").write_text(NEW)
    answer = call("find", repository, "--baseline", report, "--json")
    assert places(answer.out) == ["helper.py"]
    assert "1 finding known before" in call("find", repository, "--baseline", report).out


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--since", "nope", "names no commit"),
        ("--baseline", "nope", "names no commit"),
        ("--baseline", "nope.json", "cannot be read"),
    ],
)
def test_what_does_not_exist_is_told_in_one_line(
    repository: Path, call: Call, option: str, value: str, said: str
) -> None:
    answer = call("find", repository, option, value)
    assert answer.code == 2
    assert said in answer.line


@pytest.mark.parametrize("text", ["", "{", "[]", '{"findings": 3}', '{"runs": 1}', "[" * 9000])
def test_a_baseline_that_is_no_report_is_refused(
    repository: Path, call: Call, tmp_path: Path, text: str
) -> None:
    report = tmp_path / "bad.json"
    report.write_text(text)
    answer = call("find", repository, "--baseline", report)
    assert answer.code == 2
    assert "--baseline" in answer.line


def test_a_tree_in_no_repository_has_no_revisions(tree: Path, call: Call) -> None:
    (tree / "old.py").write_text(OLD)
    assert "no git repository" in call("find", tree, "--since", "HEAD").line


def test_only_a_directory_has_revisions(call: Call) -> None:
    answer = call("find", "pypi:nothing==1", "--since", "HEAD")
    assert answer.code == 2
    assert "directory" in answer.line
