"""What is said of a machine that lacks something."""

import errno
import sqlite3
from itertools import pairwise

from countermine.cli.lacking import machine_lacks


def raised(*errors: BaseException) -> BaseException:
    """Return the last exception, raised from those before it."""
    for first, second in pairwise(errors):
        second.__cause__ = first
    return errors[-1]


def test_a_full_disk_is_seen_through_other_exceptions() -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/state/run")
    said = machine_lacks(raised(full, RuntimeError("step failed"), ValueError("workflow failed")))
    assert said is not None
    assert "no space left for '/state/run'" in said


def test_a_store_that_cannot_grow_is_a_full_disk() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA max_page_count = 1")
    try:
        connection.execute("CREATE TABLE a (b)")
        said = None
    except sqlite3.OperationalError as error:
        said = machine_lacks(raised(error, RuntimeError("store")))
    finally:
        connection.close()
    assert said is not None
    assert "database or disk is full" in said


def test_a_read_only_place_is_named() -> None:
    said = machine_lacks(OSError(errno.EROFS, "Read-only file system", "/state/run"))
    assert said == "'/state/run' lies in a file system that is read-only; set COUNTERMINE_STATE"


def test_a_defect_is_a_defect() -> None:
    assert machine_lacks(raised(KeyError("x"), OSError(errno.ENOENT, "No such file"))) is None


def test_exceptions_that_name_each_other_come_to_an_end() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__context__, other.__context__ = other, one
    assert machine_lacks(one) is None
