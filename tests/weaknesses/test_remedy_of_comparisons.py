"""What one condition joins to the comparison of a secret is guessed in the same way."""

import pytest

from countermine.testing.remedies import patched
from countermine.weaknesses.timing_unsafe_comparison.remedy import REMEDIES


def fixed(condition: str) -> str:
    code = f"def known(name, password, user, secret):\n    if {condition}:\n        return True\n"
    return patched(REMEDIES, code).rpartition("    if ")[2].partition(":")[0]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            "name == user and «password == secret»",
            "_equal_in_constant_time(name, user) and _equal_in_constant_time(password, secret)",
        ),
        (
            "«password != secret» or name != user",
            (
                "not _equal_in_constant_time(password, secret) or "
                "not _equal_in_constant_time(name, user)"
            ),
        ),
    ],
)
def test_a_name_that_goes_along_is_compared_in_the_same_time(condition: str, expected: str) -> None:
    assert fixed(condition) == expected


@pytest.mark.parametrize("beside", ["name == 'root'", "name is user", "name < user"])
def test_other_conditions_beside_it_stay(beside: str) -> None:
    expected = f"{beside} and _equal_in_constant_time(password, secret)"
    assert fixed(f"{beside} and «password == secret»") == expected
