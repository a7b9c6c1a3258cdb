"""Every string survives the record, those that are no text included."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.loop.codec import from_json, to_json

STRINGS = st.text(st.characters(codec=None, exclude_categories=()))


@given(st.dictionaries(st.text(), st.lists(STRINGS)))
def test_what_is_stored_is_text_and_comes_back(value: dict[str, list[str]]) -> None:
    document = to_json(value, dict[str, list[str]])
    stored = json.dumps(document, ensure_ascii=False).encode()
    assert from_json(json.loads(stored), dict[str, list[str]]) == value


@pytest.mark.parametrize("text", ["caf\udce9.py", "\0bytes:00", "\0bytes:", "é", "\udcff\ud83d"])
def test_strings_that_look_like_the_digits_of_others_are_told_apart(text: str) -> None:
    document = to_json(text, str)
    document.encode()
    assert from_json(document, str) == text


def test_ordinary_text_is_kept_as_it_is() -> None:
    assert to_json({"name": "café ☕"}, dict[str, str]) == {"name": "café ☕"}
