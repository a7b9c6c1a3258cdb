"""What a driver's set-up did is no effect, and what may have forged the rest ends it."""

import pytest

from countermine.prove.drive.set_up import after_set_up

PROBE = ("countermine.probe", {"word": "x"})
LOADED = ("loaded", {})
ENTERING = ("entering", {})
SINK = ("command", {"shell": "true cmcanaryword", "file": "app.py"})
REACHED = ("reached", {"result": "1"})


def answer(*records: tuple[str, dict[str, str]]) -> dict[str, object]:
    return {"stimulus": "attack", "records": list(records), "closed": True}


def names(told: dict[str, object]) -> list[str]:
    records = told["records"]
    assert isinstance(records, list)
    return [name for name, _ in records]


def test_what_comes_before_the_entry_point_is_left_out() -> None:
    made = ("open", {"real": "/tmp/scratch/data.db", "mode": "write"})
    seen = after_set_up(answer(PROBE, made, ENTERING, SINK, REACHED))
    assert names(seen) == ["countermine.probe", "command", "reached"]
    assert seen["closed"] is True


def test_without_the_entry_point_nothing_is_left_but_why() -> None:
    missing = ("not-driven", {"reason": "there is no store"})
    assert names(after_set_up(answer(PROBE, ("sql", {}), missing))) == [
        "countermine.probe",
        "not-driven",
    ]


@pytest.mark.parametrize(
    "record",
    [
        ("exec", {"code_file": "<string>"}),
        ("compile", {"source": "1"}),
        ("pickle.find_class", {}),
        ("marshal.loads", {}),
        ("ctypes.dlopen", {}),
        ("mark", {"canary": "x"}),
        ("command", {"shell": "true"}),
        ("gc.get_objects", {}),
        ("sys.addaudithook", {}),
        ("open", {"real": "/tmp/x.py", "mode": "write"}),
        ("open", {"real": "/target/page.html", "mode": "write"}),
        ("os.rename", {"real": "/tmp/x.pyc"}),
        ("os.symlink", {"real": "/target/x"}),
        ("shutil.move", {"real": "/tmp/plugin.so"}),
    ],
    ids=lambda record: record[0],
)
def test_code_that_is_begun_or_planted_in_the_set_up_ends_it(
    record: tuple[str, dict[str, str]],
) -> None:
    seen = after_set_up(answer(PROBE, record, ENTERING, SINK, REACHED))
    assert names(seen) == ["not-driven"]


@pytest.mark.parametrize(
    "record",
    [
        ("open", {"real": "/target/app.py", "mode": "read"}),
        ("open", {"real": "/tmp/x.txt", "mode": "write"}),
        ("os.mkdir", {"real": "/target/profiles", "mode": "write"}),
        ("sqlite3.connect", {"database": ":memory:"}),
        ("import", {"module": "json"}),
    ],
    ids=lambda record: record[0],
)
def test_an_honest_set_up_may_work(record: tuple[str, dict[str, str]]) -> None:
    seen = after_set_up(answer(PROBE, record, ENTERING, SINK, REACHED))
    assert names(seen) == ["countermine.probe", "command", "reached"]


def test_what_the_entry_point_does_may_run_code() -> None:
    seen = after_set_up(answer(PROBE, ENTERING, ("exec", {}), ("entering", {}), REACHED))
    assert names(seen) == ["countermine.probe", "exec", "entering", "reached"]


def test_what_loading_the_entry_points_module_runs_is_no_set_up() -> None:
    version = ("command", {"shell": "git version"})
    seen = after_set_up(answer(PROBE, version, LOADED, ENTERING, SINK, REACHED))
    assert names(seen) == ["countermine.probe", "command", "reached"]


def test_what_the_set_up_runs_is_not_excused_by_saying_again_that_all_is_loaded() -> None:
    run = ("exec", {"code_file": "<string>"})
    seen = after_set_up(answer(PROBE, LOADED, run, LOADED, ENTERING, SINK, REACHED))
    assert names(seen) == ["not-driven"]


def test_a_word_behind_the_entry_point_excuses_nothing_before_it() -> None:
    run = ("exec", {"code_file": "<string>"})
    seen = after_set_up(answer(PROBE, run, ENTERING, SINK, LOADED, REACHED))
    assert names(seen) == ["not-driven"]
