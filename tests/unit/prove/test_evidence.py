import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.prove.evidence import MAX_EVIDENCE_CHARS, clean, evidence, named


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<object at 0x7f12ab34cd56>", "<object at 0x…>"),
        ("1 passed in 0.12s", "1 passed in … s"),
        ("open /tmp/countermine-ab12cd34/tree/x.py", "open <tmp>/tree/x.py"),
        ("/var/tmp/pytest-of-me/x", "<tmp>/x"),
        ("2026-01-31 12:00:01,123 INFO", "<time> INFO"),
        ("pid=4711, port 8080", "pid=…, port …"),
    ],
)
def test_what_differs_from_run_to_run_is_left_out(text: str, kept: str) -> None:
    assert clean(text) == kept


@pytest.mark.parametrize(
    "secret",
    [
        "AKIAABCDEFGHIJKLMNOP",
        "ghp_abcdefghijklmnopqrstuvwx",
        "xoxb-1234567890-abc",
        "eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeKKF",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIB",
        " password = hunter2hunter2",
        ' "api_key": "0123456789"',
    ],
)
def test_secrets_are_left_out(secret: str) -> None:
    kept = clean(f"before {secret} after")
    assert "<secret>" in kept
    assert "hunter2" not in kept
    assert "0123456789" not in kept
    assert "MIIB" not in kept
    assert secret not in kept


def test_a_long_text_keeps_its_ends() -> None:
    kept = clean("a" * 5000 + "b" * 5000)
    assert kept.startswith("aaa")
    assert kept.endswith("bbb")
    assert "… 6000 characters left out …" in kept


@given(st.text(max_size=9000))
def test_evidence_is_bounded_and_stays_as_it_is(text: str) -> None:
    kept = evidence("what", text).text
    assert len(kept) <= MAX_EVIDENCE_CHARS + 60
    assert clean(kept) == kept or len(text) > MAX_EVIDENCE_CHARS


def test_many_names_are_counted() -> None:
    assert named(["a", "b"]) == "a, b"
    assert named([str(number) for number in range(25)]).endswith("18, 19 and 5 more")
