"""A program that succeeds and says nothing stands in for those that a sandbox has no use for.

Some are not there, others want a server or a repository. Where a use of the target does not work
for whatever reason, it is tried once more with all programs stood in for; shells are not. What
each would have been started with is part of the result, so that a fix which changes it shows.
"""

# ruff: noqa: ANN401 - stands in for calls of any type

from __future__ import annotations

import importlib
import inspect
import json
import os
import sys
from typing import Any

MAX_TOLD = 20
_PLACES = ("/bin", "/usr/bin")
_END_OF_OPTIONS = "--"


class StoodIn:
    """Keeps what was started."""

    def __init__(self) -> None:
        """Have nothing started yet."""
        self._started: list[list[str]] = []

    def result(self, result: str) -> str:
        """Return a result with what was started in front, without words that end options."""
        told = json.dumps(self._started[:MAX_TOLD])
        return f"{result}\nwith stand-ins for the programs {told}" if self._started else result

    def begin(self) -> None:
        """Let nothing that the target starts from now on run."""
        true = next((f"{place}/true" for place in _PLACES if os.path.exists(f"{place}/true")), None)  # noqa: PTH110 - text
        popen = importlib.import_module("subprocess").Popen
        start: Any = popen._execute_child  # noqa: SLF001 - where all are started
        names = list(inspect.signature(start).parameters)
        cwd, shell = (names.index(name) for name in ("cwd", "shell"))
        keep = self._started

        def execute(*given: Any) -> Any:
            words = list(given)
            plain = not words[shell] and not isinstance(words[1], (str, bytes))
            argv = [os.fsdecode(one) for one in words[1]] if plain else []
            if true is not None and argv and (words[2] or argv[0]) != sys.executable:
                keep.append([one for one in argv if one != _END_OF_OPTIONS])
                words[2] = true
                if words[cwd] is not None and not os.path.isdir(words[cwd]):  # noqa: PTH112 - text
                    words[cwd] = None
            return start(*words)

        popen._execute_child = execute  # noqa: SLF001 - likewise
        finding: Any = importlib.import_module("shutil")
        look: Any = finding._access_check  # noqa: SLF001 - what ``which`` asks

        def there(path: Any, mode: int) -> bool:
            place = os.path.dirname(os.fsdecode(path))  # noqa: PTH120 - text
            return bool(look(path, mode)) or (bool(mode & os.X_OK) and place in _PLACES)

        finding._access_check = there  # noqa: SLF001 - likewise
