"""Byte offsets become lines and columns."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from countermine.core.spans import Span, tree_path
from countermine.report.places import ColumnKind, Place, lines_of

PATH = tree_path("a.py")


def place(text: bytes, start: int, end: int, kind: ColumnKind = ColumnKind.CODE_POINTS) -> Place:
    span = Span(path=PATH, start_byte=start, end_byte=end)
    return lines_of(text).place(span, kind)


def at(text: bytes, code: bytes, kind: ColumnKind = ColumnKind.CODE_POINTS) -> tuple[int, int]:
    start = text.index(code)
    found = place(text, start, start + len(code), kind)
    return found.line, found.column


def test_first_byte_is_line_one_column_one() -> None:
    assert place(b"eval(x)", 0, 7) == Place(line=1, column=1, end_line=1, end_column=8)


def test_a_span_may_run_over_lines() -> None:
    assert place(b"f(\n  x\n)", 0, 8) == Place(line=1, column=1, end_line=3, end_column=2)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_kind_of_line_end_counts_once(end: bytes) -> None:
    assert at(end.join([b"a", b"b", b"  here"]), b"here") == (3, 3)


def test_form_feed_and_line_separator_end_no_line() -> None:
    assert at("a\f\u2028b".encode(), b"b") == (1, 4)


def test_a_tab_is_one_column() -> None:
    assert at(b"\tx", b"x") == (1, 2)


def test_a_byte_order_mark_is_no_column() -> None:
    assert at(b"\xef\xbb\xbfx\ny", b"x") == (1, 1)
    assert at(b"\xef\xbb\xbfx\ny", b"y") == (2, 1)


def test_columns_count_code_points_or_utf16_units() -> None:
    text = "a = '\N{PILE OF POO}\N{LATIN SMALL LETTER U WITH DIAERESIS}'; x".encode()
    assert at(text, b"x") == (1, 11)
    assert at(text, b"x", ColumnKind.UTF16) == (1, 12)


def test_a_byte_that_is_no_text_is_one_column() -> None:
    assert at(b"'\xff\xfe' + x", b"x") == (1, 8)


def test_a_declared_encoding_counts() -> None:
    assert at("# coding: utf-8\n'äö' x".encode(), b"x") == (2, 6)
    assert at("# coding: shift_jis\n'表示' x".encode("shift_jis"), b"x") == (2, 6)


@pytest.mark.parametrize("name", ["no-such-codec", "hex", "utf-16", "rot13", "undefined", "idna"])
def test_an_encoding_that_cannot_be_is_taken_for_utf8(name: str) -> None:
    assert at(f"# coding: {name}\n'ä' Z".encode(), b"Z") == (2, 5)


def test_an_encoding_declared_in_line_three_does_not_count() -> None:
    assert lines_of(b"\n\n# coding: latin-1\n").codec == "utf-8"


def test_a_place_behind_the_end_stands_at_the_end() -> None:
    assert place(b"ab\n", 90, 99) == Place(line=2, column=1, end_line=2, end_column=1)


def test_an_empty_file_has_one_line() -> None:
    assert place(b"", 0, 0) == Place(line=1, column=1, end_line=1, end_column=1)


def test_the_middle_of_a_character_stands_where_it_begins() -> None:
    poo = "a\N{PILE OF POO}b".encode()
    assert [place(poo, 0, at).end_column for at in range(len(poo) + 1)] == [1, 2, 2, 2, 2, 3, 4]


@example(b"\xf1\x80\x80\x80", 2, 4)
@given(st.binary(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_places_run_forward_whatever_the_bytes(text: bytes, one: int, other: int) -> None:
    found = place(text, min(one, other), max(one, other))
    assert (1, 1) <= (found.line, found.column) <= (found.end_line, found.end_column)
    assert found.end_line <= len(lines_of(text).starts)


@given(st.text(alphabet="ab\n\r\tä\N{PILE OF POO}", max_size=40))
def test_a_place_leads_back_to_its_byte(text: str) -> None:
    content = text.encode()
    lines = lines_of(content)
    for offset in range(len(content)):
        line = lines.line_of(offset)
        start, end = lines.bounds(line)
        before = content[start:offset]
        if offset > end or (content[offset] & 0xC0) == 0x80:
            continue
        found = place(content, offset, offset)
        assert (found.line, found.column) == (line, 1 + len(before.decode()))
