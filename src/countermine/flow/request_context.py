"""What functions put into the context of a request, for others to take out."""

import re
from collections.abc import Callable

from countermine.flow.index import FunctionInfo, ModuleInfo, Project
from countermine.flow.joining import join
from countermine.flow.lasting import without_parameters
from countermine.flow.values import Value


class RequestContext:
    """Remembers the attributes of context objects by dotted name, such as ``flask.g.user``."""

    def __init__(self, project: Project, analyse: Callable[[FunctionInfo], object]) -> None:
        """Look for what is put there in this project; ``analyse`` interprets a function."""
        self._project = project
        self._analyse = analyse
        self._kept: dict[str, Value] = {}
        self._sought: set[tuple[str, str]] = set()

    def keep(self, name: str, value: Value) -> None:
        """Remember what a function puts there; taint of its parameters is left out."""
        known = self._kept.get(name)
        value = without_parameters(value)
        self._kept[name] = value if known is None else join(known, value)

    def value(self, module: ModuleInfo, name: str) -> Value | None:
        """Return what functions of a module, or of those parsed so far, put there."""
        written = b".".join(part.encode() for part in name.split(".")[-2:])
        for each in dict.fromkeys((module, *self._project.parsed())):
            if (name, each.path) in self._sought:
                continue
            self._sought.add((name, each.path))
            for match in re.finditer(rb"\b" + re.escape(written) + rb"[ \t]*=(?!=)", each.text):
                for function in each.functions:
                    if function.start <= match.start() < function.end:
                        self._analyse(function)
        return self._kept.get(name)
