"""What counts as structure of a command, shape of a statement, markup of a page, a way out."""

import pytest

from countermine.core.witnesses import CANARY, Event, Observation
from countermine.prove.drive.pages import markup
from countermine.prove.drive.paths import left
from countermine.prove.drive.shells import grown, words
from countermine.prove.drive.statements import shape


@pytest.mark.parametrize(
    "command",
    [
        f"echo x; touch {CANARY}",
        f"echo $(touch {CANARY})",
        f"echo `touch {CANARY}`",
        f"echo x && touch {CANARY}",
        f"echo x\ntouch {CANARY}",
        f"echo x > {CANARY}",
        f'echo "$({CANARY})"',
        f"echo 'x'; touch {CANARY} #'",
    ],
)
def test_a_value_that_becomes_structure_of_a_command_is_noticed(command: str) -> None:
    assert grown(command, ["echo x", "echo 'x'"]) is not None


@pytest.mark.parametrize(
    "command",
    [f"echo {CANARY}", f"echo 'x; touch {CANARY}'", f'echo "a && {CANARY}"', f"echo \\;{CANARY}"],
)
def test_a_value_that_stays_a_word_is_not(command: str) -> None:
    assert grown(command, ["echo x"]) is None


def test_words_of_every_command_are_told() -> None:
    assert words("git log '--format=x' | head -1") == [["git", "log", "--format=x"], ["head", "-1"]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("select a from t where b = 'x'", "select a from t where b = 'it''s'", True),
        ("select a from t where b = 1", "select a from t where b = ?", True),
        ("select a from t where b = %s", "select a from t where b = :b", True),
        ("select a from t where b = 'x'", "select a from t where b = 'x' or 'y'='y'", False),
        ("select a from t where b = 1", "select a from t where b = (select 1)", False),
        ("select a from t order by b", "select a from t order by b, 'x' || 'y'", False),
        ("select a from t where b = 'x'", "select a from t where b = 'x'; select 'y'", False),
    ],
)
def test_the_shape_of_a_statement_is_its_tree(one: str, other: str, *, same: bool) -> None:
    assert (shape(one) == shape(other)) is same


def test_a_statement_that_is_broken_has_no_shape() -> None:
    assert shape("select a from t where b = 'x' y'") is None


@pytest.mark.parametrize(
    "page",
    [
        f"<p><{CANARY}></p>",
        f"<p title='a' {CANARY}='b'>",
        f"<a href=' javascript:{CANARY}()'>x</a>",
        f"<script>var a = ''; {CANARY}//';</script>",
        f'<b onclick="{CANARY}()">x</b>',
    ],
)
def test_a_canary_that_is_markup_or_script_is_noticed(page: str) -> None:
    assert markup(page) is not None


@pytest.mark.parametrize(
    "page",
    [
        f"<p>&lt;{CANARY}&gt;</p>",
        f'<p title="&quot; {CANARY}=&quot;1">x</p>',
        f"<!-- <{CANARY}> -->",
        f"<script>var a = '{CANARY}';</script>",
        f"<textarea><{CANARY}></textarea>",
        f"<a href='/search?q=javascript:{CANARY}'>x</a>",
    ],
)
def test_a_canary_that_is_text_is_not(page: str) -> None:
    assert markup(page) is None


def observed(*events: tuple[str, str]) -> Observation:
    return Observation(
        stimulus="one",
        events=tuple(
            Event(sequence=at, name=name, detail=(("real", path),))
            for at, (name, path) in enumerate(events)
        ),
        probes_held=True,
        closed=True,
        reached=True,
    )


BENIGN = observed(("open", "/target/files/cmprobe.txt"))


@pytest.mark.parametrize(
    ("event", "out"),
    [
        (("open", "/tmp/outside/secret.txt"), True),
        (("os.remove", f"/etc/{CANARY}"), True),
        (("open", "/target"), True),
        (("open", "/target/files/secret.txt"), False),
        (("open", f"/target/files/{CANARY}"), False),
        (("stat", "/tmp/outside/secret.txt"), False),
        (("open", "/usr/lib/python3/site.py"), False),
    ],
)
def test_a_way_out_of_the_benign_folder_is_noticed(event: tuple[str, str], *, out: bool) -> None:
    assert (left(observed(event), BENIGN, "/tmp/outside") is not None) is out
