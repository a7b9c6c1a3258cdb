"""A second search says what the first one said, from what that kept or from nothing."""

from pathlib import Path

from countermine.target.memory import AREA
from tests.integration.conftest import FLAW, Call


def found(call: Call, tree: Path, *options: str) -> tuple[int, str]:
    answer = call("find", tree, "--json", "--no-timings", "-j", "1", *options)
    return answer.code, answer.out


def test_a_second_search_says_the_same(call: Call, tree: Path, state: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    first = found(call, tree)
    kept = sorted(path.name for path in (state / AREA / "v1").iterdir())
    assert [name.partition("-")[0] for name in kept] == ["imports", "sinks", "unit", "used"]
    assert found(call, tree) == first == found(call, tree, "--no-cache")
    assert "eval" in first[1]
    (tree / "app.py").write_text(FLAW.replace("eval", "len"))
    assert found(call, tree)[0] == 0


def test_nothing_is_kept_where_that_is_asked_for(call: Call, tree: Path, state: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    by_option = found(call, tree, "--no-cache")
    (tree / "countermine.toml").write_text("[find]\ncache = false\n")
    assert found(call, tree)[0] == by_option[0]
    assert not (state / AREA).exists()


def test_a_state_folder_that_cannot_be_written_stops_no_search(
    call: Call, tree: Path, state: Path
) -> None:
    (tree / "app.py").write_text(FLAW)
    state.write_text("a file")
    answer = call("find", tree, "-j", "1", "--verbose")
    assert answer.code == 1
    assert "nothing is kept for the next search" in answer.err.splitlines()[-1]
    assert "is kept" not in call("find", tree, "-j", "1").err


def test_another_process_knows_what_the_first_one_kept(program: Call, tree: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    first, second = (program("find", tree, "--verbose", "--no-timings") for _ in range(2))
    assert "Following data flows" in first.err
    assert "Following data flows" not in second.err
    assert second.out == first.out


def test_clean_forgets_what_was_kept(program: Call, tree: Path, state: Path) -> None:
    (tree / "app.py").write_text(FLAW)
    first = program("find", tree, "--json", "--no-timings")
    assert program("clean").code == 0
    assert not (state / AREA / "v1").exists()
    assert program("find", tree, "--json", "--no-timings").out == first.out
