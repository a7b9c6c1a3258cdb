"""What has no wheels is had under the name by which its authors hand out wheels."""

from pathlib import Path

from packaging.requirements import Requirement

from countermine.target.resolve import _Attempt, _with_wheels
from countermine.target.workshop import Cutoff


def test_the_same_modules_are_taken_as_wheels(tmp_path: Path) -> None:
    wanted = [Requirement("flask"), Requirement('psycopg2>=2.7,<2.9; python_version > "3"')]
    attempt = _Attempt(wanted, Cutoff(day="2020-01-01"), tmp_path)

    assert not _with_wheels(attempt, ["flask"])
    assert _with_wheels(attempt, ["flask", "psycopg2"])

    assert str(attempt.wanted[1]) == 'psycopg2-binary<2.9,>=2.7; python_version > "3"'
    assert attempt.notes == {
        "psycopg2-binary": "psycopg2-binary was taken for psycopg2, which has no wheels"
    }
    assert not _with_wheels(attempt, ["psycopg2"])
