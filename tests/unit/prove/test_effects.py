"""What a legitimate use does beside its result, and when a patch has lost it."""

from dataclasses import replace
from pathlib import Path

import pytest

from countermine.core.spans import tree_path
from countermine.core.verdicts import Gate, GateOutcome, Regressed
from countermine.core.witnesses import Event, Observation, Stimulus, Witness
from countermine.prove.effects import (
    CHANGED,
    COMMAND,
    READ,
    STATEMENT,
    effects,
    elsewhere,
    lost,
    starts_anew,
)
from countermine.prove.ladder import ProveRequest, prove
from countermine.prove.records import ControlRecord
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    ScriptedDrive,
    as_text_detector,
    rewrite,
    seen,
    setting_for,
    weakness,
    witness_for,
    write_tree,
)

APP = "def view(text):\n    run(text, shell=True)\n"
FINDING = finding_at("app.py", APP.encode(), b"run(text, shell=True)")


@pytest.fixture
def witness() -> Witness:
    made = witness_for(FINDING)
    return replace(made, sink_path=tree_path("app.py"), sink_function="view")


def event(name: str, **detail: str) -> Event:
    return Event(sequence=0, name=name, detail=tuple(sorted(detail.items())))


def drive(*events: Event) -> Observation:
    return replace(seen("plain-word"), events=events)


def had(*families: str) -> ControlRecord:
    return ControlRecord(name="plain-word", result=None, comparable=True, effects=families)


HERE = {"file": "app.py", "function": "view"}
ELSEWHERE = {"file": "app.py", "function": "helper"}


@pytest.mark.parametrize(
    ("happened", "family"),
    [
        (event("command", argv='["sh", "-c", "echo 1"]', **HERE), COMMAND),
        (event("command", argv='["echo", "cmprobe"]', **ELSEWHERE), COMMAND),
        (event("sql", sql="select 1", **HERE), STATEMENT),
        (event("open", real="/target/data/cmprobe.txt", mode="read", **HERE), READ),
        (event("open", real="/target/data/cmprobe.txt", mode="write", **ELSEWHERE), CHANGED),
        (event("os.remove", real="/target/data/cmprobe.txt", mode="write", **HERE), CHANGED),
        (replace(event("file-created", real="/target/out/cm-legit.txt"), outside=True), CHANGED),
    ],
)
def test_what_the_sink_or_the_value_leads_to_is_an_effect(
    witness: Witness, happened: Event, family: str
) -> None:
    assert effects(witness, (drive(happened), drive(happened))) == (family,)


@pytest.mark.parametrize(
    "happened",
    [
        event("command", argv='["uname"]', **ELSEWHERE),
        event("sql", sql="pragma x", **ELSEWHERE),
        event("open", real="/target/settings.ini", mode="read", **HERE),
        event("exec", names='["cmprobe"]', **HERE),
        event("template", source="cmprobe", **HERE),
        event("pickle.find_class", module="cmprobe", **HERE),
        event("stat", real="/target/data/cmprobe.txt", **HERE),
        event("open", real="/scratch/data/cmprobe-input.tar", mode="write"),
        replace(event("file-created", real="/scratch/data/cmprobe-input.tar"), outside=True),
    ],
)
def test_what_has_to_do_with_neither_or_may_give_way_to_a_remedy_is_none(
    witness: Witness, happened: Event
) -> None:
    assert effects(witness, (drive(happened), drive(happened))) == ()


def test_what_happens_in_one_of_two_drives_only_is_none(witness: Witness) -> None:
    assert effects(witness, (drive(event("sql", sql="x", **HERE)), drive())) == ()


@pytest.mark.parametrize(
    ("family", "now"),
    [
        (COMMAND, event("command", argv='["ls", "cmprobe"]', **ELSEWHERE)),
        (COMMAND, event("os.mkdir", real="/target/cmprobe", mode="write", **HERE)),
        (STATEMENT, event("sql", sql="select ?", **ELSEWHERE)),
        (READ, event("open", real="/other/cmprobe.txt", mode="read")),
        (CHANGED, event("os.rename", real="/a/cmprobe.txt", source_real="/a/x", **HERE)),
    ],
)
def test_an_effect_may_be_had_in_another_way(witness: Witness, family: str, now: Event) -> None:
    assert lost(witness, had(family), drive(now)) == ()


@pytest.mark.parametrize(
    ("family", "now"),
    [
        (COMMAND, event("sql", sql="select 1", **HERE)),
        (COMMAND, event("open", real="/target/log.txt", mode="write", **HERE)),
        (STATEMENT, event("sql", sql="select 1")),
        (READ, event("open", real="/target/other.txt", mode="read", **HERE)),
        (CHANGED, event("open", real="/target/cmprobe.txt", mode="read", **HERE)),
    ],
)
def test_an_effect_of_another_family_or_place_is_not_the_same(
    witness: Witness, family: str, now: Event
) -> None:
    assert lost(witness, had(family), drive(now)) == (family,)


def test_what_another_function_did_before_too_does_not_stand_for_the_sink(
    witness: Witness,
) -> None:
    other = event("sql", sql="create table t (a)", **ELSEWHERE)
    driven = (drive(other, event("sql", sql="select 1", **HERE)),) * 2
    before = replace(had(*effects(witness, driven)), elsewhere=elsewhere(witness, driven))
    assert before.elsewhere == ("an SQL statement in app.py:helper",)
    assert lost(witness, before, driven[0]) == ()
    assert lost(witness, before, drive(other)) == (STATEMENT,)


def test_a_file_that_was_read_beside_the_command_does_not_stand_for_it(witness: Witness) -> None:
    read = event("open", real="/target/cmprobe", mode="read", **HERE)
    assert lost(witness, had(COMMAND, READ), drive(read)) == (COMMAND,)


@pytest.mark.parametrize(("body", "proven"), [("pass", False), ("run([text])", True)])
def test_a_patch_that_deletes_the_feature_is_refused(
    tmp_path: Path, witness: Witness, body: str, *, proven: bool
) -> None:
    def answer(tree: Path, one: Stimulus) -> Observation:
        text = (tree / "app.py").read_text()
        attacked = one.name == "call" and "shell" in text
        started = (event("command", argv="[]", **HERE),) if "run" in text else ()
        kept = seen(one.name, *(["effect"] if attacked else []), result="None")
        return replace(kept, events=(*kept.events, *started))

    write_tree(tmp_path, {"app.py": APP})
    verdict = prove(
        ProveRequest(
            finding=FINDING,
            witness=witness,
            weakness=weakness(),
            patch=rewrite("app.py", APP.encode(), "run(text, shell=True)", body),
            setting=setting_for(
                tmp_path,
                drive=ScriptedDrive(answer),
                detector=as_text_detector(FINDING, "run(text, shell=True)"),
            ),
        )
    ).verdict
    assert verdict is not None
    gate = next(one for one in verdict.gates if one.gate is Gate.CONTROL_AGAIN)
    if proven:
        assert gate.reason == "legitimate use works as before, same results"
    else:
        assert isinstance(verdict, Regressed)
        assert gate.reason == "the legitimate use sum no longer has its effect"
        assert verdict.failures == ("sum: a command is missing",)


LIKE = event("sql", sql="select a from t where a like '%x%'", **HERE)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (LIKE, event("sql", sql="select a from t where instr(a, ?) > 0", **HERE), "SQL like"),
        (LIKE, event("sql", sql="select a from t where a like ?", **HERE), None),
        (event("open"), event("command", argv='["python3", "-c", "x"]', **HERE), "a program"),
        (event("open"), event("open"), None),
    ],
)
def test_what_a_use_cannot_show_is_not_proven(
    tmp_path: Path, witness: Witness, before: Event, after: Event, reason: str | None
) -> None:
    def answer(tree: Path, one: Stimulus) -> Observation:
        unpatched = "shell" in (tree / "app.py").read_text()
        kept = seen(one.name, *(["effect"] if one.name == "call" and unpatched else []))
        return replace(kept, events=(*kept.events, before if unpatched else after))

    write_tree(tmp_path, {"app.py": APP})
    verdict = prove(
        ProveRequest(
            finding=FINDING,
            witness=witness,
            weakness=weakness(),
            patch=rewrite("app.py", APP.encode(), "run(text, shell=True)", "run([text])"),
            setting=setting_for(
                tmp_path,
                drive=ScriptedDrive(answer),
                detector=as_text_detector(FINDING, "run(text, shell=True)"),
            ),
        )
    ).verdict
    assert verdict is not None
    gate = next(one for one in verdict.gates if one.gate is Gate.CONTROL_AGAIN)
    assert (gate.outcome is GateOutcome.PASSED) is (reason is None)
    assert reason is None or reason in gate.reason


@pytest.mark.parametrize(
    ("before", "happened", "anew"),
    [
        (had(STATEMENT), event("command", argv='["python3", "-c", "x"]', **HERE), True),
        (had(), event("command", argv='["python3", "-c", "x"]', **ELSEWHERE), True),
        (had(COMMAND), event("command", argv='["python3", "-c", "x"]', **HERE), False),
        (
            replace(had(), elsewhere=("a command in app.py:setup",)),
            event("command", argv='["git"]', **HERE),
            False,
        ),
        (had(), event("sql", sql="select 1", **HERE), False),
    ],
)
def test_a_program_that_is_newly_started_is_noticed(
    before: ControlRecord,
    happened: Event,
    anew: bool,  # noqa: FBT001 - a case
) -> None:
    assert starts_anew(before, drive(happened)) is anew
