"""Text of the target cannot move the cursor, hide, or turn round."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.report.escape import printable, printable_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb\rc", "a\\nb\\rc"),
        ("\x9b31m", "\\x9b31m"),
        ("\0", "\\0"),
        ("\x7f\b", "\\x7f\\x08"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\udcff", "\\udcff"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("text", ["plain", "Grüße, 世界", "\N{PILE OF POO}", "a\tb", "[bold]x[/]"])
def test_what_can_be_seen_stays(text: str) -> None:
    assert printable(text) == text


def test_line_breaks_can_be_kept() -> None:
    assert printable_lines("a\r\nb\x1b\n\rc") == "a\nb\\x1b\n\\rc"


@given(st.text())
def test_one_line_and_nothing_hidden_whatever_the_text(text: str) -> None:
    shown = printable(text)
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert all(c == "\t" or unicodedata.category(c) not in hidden for c in shown)
