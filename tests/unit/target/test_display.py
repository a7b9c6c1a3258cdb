from hypothesis import given
from hypothesis import strategies as st

from countermine.target.display import MAX_SHOWN_CHARS, escaped, one_line, showable


def test_ordinary_text_comes_back_as_it_is() -> None:
    for text in ("plain", "módulo.py", "模块", "with space", "back\\slash"):
        assert escaped(text) == text


def test_what_could_steer_a_terminal_is_spelled_out() -> None:
    assert escaped("a\nb\x1b[0m\u202e\udc80\\") == "a\\nb\\x1b[0m\\u202e\\udc80\\\\"


@given(st.text(st.characters()), st.text(st.characters()))
def test_two_texts_never_become_one(first: str, second: str) -> None:
    if first != second and not showable(first) and not showable(second):
        assert escaped(first) != escaped(second)


@given(st.text(st.characters()))
def test_a_line_is_one_line_and_short(text: str) -> None:
    assert showable(one_line(text))
    assert len(one_line(text)) <= MAX_SHOWN_CHARS
