"""Troubles of the machine that come up as exceptions: a full disk is no defect of ours."""

import errno
from collections.abc import Iterator
from typing import Final

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SQLITE_TROUBLES: Final = frozenset({"SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR"})

_FREE: Final = "free some ('countermine clean' helps); what was recorded is kept"


def machine_lacks(error: BaseException) -> str | None:
    """Return what the machine lacks, as a message, where that is what an exception comes from."""
    for one in _chain(error):
        if isinstance(one, OSError) and one.errno in _FULL:
            where = f" for {str(one.filename)!r}" if one.filename else ""
            return f"no space left{where}; {_FREE}"
        if isinstance(one, OSError) and one.errno == errno.EROFS:
            where = repr(str(one.filename)) if one.filename else "a file"
            return f"{where} lies in a file system that is read-only; set COUNTERMINE_STATE"
        # By name, also with what the kind of trouble is followed by: SQLITE_IOERR_WRITE.
        name = getattr(one, "sqlite_errorname", "")
        if any(name.startswith(trouble) for trouble in _SQLITE_TROUBLES):
            return f"the state folder cannot be written ({one}); no space left? {_FREE}"
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that it was raised from."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__
