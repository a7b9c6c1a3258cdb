"""Bad input gets a clear line or a coverage entry, and loses nothing that is beside it."""

import json
import os
import socket
from pathlib import Path

import pytest

from tests.integration.conftest import FLAW, Answer, Call

CLEAN, FINDINGS, USAGE, INCOMPLETE, TARGET, LACKS = 0, 1, 2, 3, 4, 5


def found(answer: Answer) -> list[tuple[str, str]]:
    """Return the findings as (path, weakness)."""
    document = json.loads(answer.out)
    return [(item["location"]["path"], item["weakness"]) for item in document["findings"]]


def coverage(answer: Answer) -> dict[str, str]:
    """Return path -> reason of what was not looked at."""
    entries = json.loads(answer.out)["coverage"]["entries"]
    return {entry["path"]: entry["reason"] for entry in entries}


def test_a_target_that_is_not_there(call: Call, tmp_path: Path) -> None:
    answer = call("find", tmp_path / "nothing")
    assert (answer.code, "not there" in answer.line) == (TARGET, True)


def test_a_target_that_is_no_directory(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text(FLAW)
    answer = call("find", tmp_path / "file.py")
    assert (answer.code, "not a directory" in answer.line) == (TARGET, True)


def test_an_empty_directory(call: Call, tree: Path) -> None:
    assert call("find", tree).code == TARGET


def test_a_directory_without_python(call: Call, tree: Path) -> None:
    (tree / "README").write_text("hello")
    answer = call("find", tree)
    assert (answer.code, "Python" in answer.line) == (TARGET, True)


@pytest.mark.parametrize(
    "target", ["ext::sh -c x", "-uevil", "pypi:", "pypi:name", "git://x/y", "http://x/y"]
)
def test_targets_that_are_none_of_the_forms(call: Call, target: str) -> None:
    answer = call("find", "--", target)
    assert answer.code == TARGET
    assert answer.line


def test_links_that_loop_or_leave_are_not_followed(call: Call, tree: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text(FLAW)
    (tree / "app.py").write_text(FLAW)
    (tree / "loop").symlink_to(tree)
    (tree / "out").symlink_to(outside)
    (tree / "secret.py").symlink_to(outside / "secret.py")
    answer = call("find", tree, "--json")
    assert {path for path, _ in found(answer)} == {"app.py"}
    assert "secret.py" in coverage(answer)


def test_sockets_devices_and_pipes_are_passed_over(call: Call, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    os.mkfifo(tree / "pipe.py")
    here = os.open(tree, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(f"/proc/self/fd/{here}/socket.py")
    finally:
        os.close(here)
    answer = call("find", tree, "--json")
    assert [path for path, _ in found(answer)] == ["app.py"]
    assert {"pipe.py", "socket.py"} <= set(coverage(answer))


def test_a_huge_file_is_named_not_read(call: Call, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    with (tree / "huge.py").open("wb") as file:
        file.truncate(200_000_000)
    answer = call("find", tree, "--json")
    assert [path for path, _ in found(answer)] == ["app.py"]
    assert "bytes" in coverage(answer)["huge.py"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("nul.py", b"x = 1\0\n"),
        ("utf16.py", "x = 1\n".encode("utf-16")),
    ],
)
def test_files_that_are_no_python_text_stand_in_the_coverage(
    call: Call, tree: Path, name: str, content: bytes
) -> None:
    (tree / "app.py").write_text("x = 1\n")
    (tree / name).write_bytes(content)
    answer = call("find", tree, "--json")
    assert name in coverage(answer)
    assert answer.code == INCOMPLETE


@pytest.mark.parametrize(
    "head",
    [
        "# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1"),
        "# -*- coding: shift_jis -*-\nname = 'あ'\n".encode("shift_jis"),
        b"# -*- coding: nonsense -*-\n",
        b"name = '\xff\xfe'\n",
        b"\xef\xbb\xbf",
    ],
)
def test_odd_encodings_do_not_hide_a_flaw(call: Call, tree: Path, head: bytes) -> None:
    (tree / "app.py").write_bytes(head + FLAW.encode())
    assert found(call("find", tree, "--json")) == [("app.py", "code-injection")]


@pytest.mark.parametrize(
    "other",
    [
        "print 'python 2'\nexec code in scope\n",
        "match x:\n    case 1: pass\ntype A = int\ndef f[T](a: T) -> T: return a\n",
        "t = t'{x}'\n",
        "def broken(:\n    pass\n",
    ],
)
def test_syntax_of_another_python_does_not_hide_a_flaw(call: Call, tree: Path, other: str) -> None:
    (tree / "app.py").write_text(f"{FLAW}\n\n{other}")
    assert ("app.py", "code-injection") in found(call("find", tree, "--json"))


def test_very_deep_nesting_neither_crashes_nor_hides(call: Call, tree: Path) -> None:
    deep = "(" * 20_000 + "1" + ")" * 20_000
    (tree / "deep.py").write_text(f"import os\nos.system({deep})\n")
    (tree / "chain.py").write_text("import os\nx = os" + ".a" * 20_000 + "\nos.system(x)\n")
    blocks = "".join("    " * depth + "if x:\n" for depth in range(2_000))
    (tree / "blocks.py").write_text(f"import os\n{blocks}{'    ' * 2_000}os.system(x)\n")
    (tree / "app.py").write_text(FLAW)
    answer = call("find", tree, "--json")
    assert ("app.py", "code-injection") in found(answer)


def test_names_cannot_steer_the_terminal(call: Call, tree: Path) -> None:
    name = "a\x1b[31m\nb.py"
    (tree / name).write_text(FLAW)
    (tree / b"\xff\xfe.py".decode("utf-8", "surrogateescape")).write_text(FLAW)
    for options in ([], ["--verbose"], ["--json"]):
        answer = call("find", tree, *options)
        assert "\x1b" not in answer.out
        assert answer.code in {FINDINGS, INCOMPLETE}


def test_notebooks_stand_in_the_coverage_record(call: Call, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    (tree / "study.ipynb").write_text("{}")
    assert "notebook" in coverage(call("find", tree, "--json"))["study.ipynb"]


def test_no_network_is_one_line(
    call: Call, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://127.0.0.1:{unused_port}/simple")
    answer = call("find", "pypi:flask==3.0.0")
    assert answer.code == LACKS
    assert "127.0.0.1" in answer.line or "index" in answer.line


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.online
def test_a_version_that_does_not_exist_names_its_neighbours(call: Call) -> None:
    answer = call("find", "pypi:six==1.16.99")
    assert answer.code == TARGET
    assert "1.16.0" in answer.line


def test_a_full_disk_is_one_line(call: Call, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    answer = call("find", tree, "--sarif", "/dev/full")
    assert answer.code == LACKS
    assert "space" in answer.line


def test_an_output_in_a_folder_that_is_not_there(call: Call, tree: Path, tmp_path: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    answer = call("find", tree, "--sarif", tmp_path / "no" / "out.sarif")
    assert answer.code == LACKS
    assert "cannot write" in answer.line


def test_a_state_folder_that_cannot_be_written(call: Call, tree: Path, state: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    state.write_text("a file where the folder is due")
    answer = call("run", tree)
    assert answer.code == LACKS
    assert "COUNTERMINE_STATE" in answer.line


@pytest.mark.parametrize(
    "arguments",
    [
        ["find"],
        ["fnid", "."],
        ["find", ".", "--level", "moon"],
        ["find", ".", "--fail-on", "sometimes"],
        ["find", ".", "--nonsense"],
        ["run", "pypi:six==1.16.0", "--apply"],
        ["run", "pypi:six==1.16.0", "--branch", "x"],
        ["explain", "nothing-of-the-kind"],
        ["find", ".", "--config", "/nowhere.toml"],
    ],
)
def test_a_wrong_command_line_is_one_line(call: Call, arguments: list[str]) -> None:
    answer = call(*arguments)
    assert answer.code == USAGE
    assert answer.line.startswith("countermine: ")


@pytest.mark.parametrize("arguments", [["resume"], ["report"], ["ledger", "verify"]])
def test_without_a_run_the_next_step_is_named(call: Call, arguments: list[str]) -> None:
    answer = call(*arguments)
    assert "countermine run TARGET" in answer.line
