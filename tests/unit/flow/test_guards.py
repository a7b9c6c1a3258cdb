"""A pattern is safe to match only where it says everything of the whole text."""

import pytest

from countermine.flow.guards import is_narrow


@pytest.mark.parametrize(
    ("pattern", "whole"),
    [("^[a-z]+$", False), (r"^\w+\Z", False), ("[A-Za-z0-9_-]{1,8}", True), (r"(?:\d+)", True)],
)
def test_a_narrow_alphabet_is_safe(pattern: str, *, whole: bool) -> None:
    assert is_narrow(pattern, whole=whole)


@pytest.mark.parametrize(
    ("pattern", "whole"),
    [("^[a-z]+", False), (".*", True), ("[^/]+", True), (r"[a-z/]+", True), ("", True)],
)
def test_a_wide_alphabet_or_an_open_end_is_not(pattern: str, *, whole: bool) -> None:
    assert not is_narrow(pattern, whole=whole)
