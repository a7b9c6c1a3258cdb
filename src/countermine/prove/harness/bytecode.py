"""Compiles modules of the target once, so that not every stimulus has to.

Compiling runs nothing of them. What a stimulus changes of the compiled files is removed.
"""

from __future__ import annotations

import contextlib
import py_compile
from collections.abc import Iterable


def compile_all(paths: Iterable[str]) -> None:
    """Write the compiled form of each file that compiles, where the interpreter looks for it."""
    for path in paths:
        # What does not compile is told where the target itself fails to import it.
        with contextlib.suppress(py_compile.PyCompileError, OSError, ValueError, RecursionError):
            py_compile.compile(path, doraise=True, quiet=2)
