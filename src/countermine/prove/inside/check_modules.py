"""Compiles and imports modules of the target, and writes what became of each as JSON.

Usage: ``python check_modules.py RESULTS REQUEST``, where the request is a JSON list of
``[path, module name or null]``. A module without a name cannot be imported and is only compiled.
"""

from __future__ import annotations

import importlib
import json
import sys
import types


def _compiled(path: str) -> str | None:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123 - 3.8 and up
            compile(stream.read(), path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OSError) as error:
        return _text(error)
    return None


def _text(error: BaseException) -> str:
    return "%s: %s" % (type(error).__name__, error)  # noqa: UP031 - 3.8 and up


def _imported(name: str) -> tuple[str | None, list[str]]:
    """Return why a module cannot be imported, and the functions and classes it defines."""
    try:
        module = importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001 - whatever an import raises is its outcome
        return _text(error), []
    own = [
        key
        for key, value in sorted(vars(module).items())
        # Of its type alone: asking a lazy object for its class makes it load what is behind it.
        if issubclass(type(value), (types.FunctionType, type)) and value.__module__ == name
    ]
    return None, own


def main(results: str, request: str) -> None:
    """Check every module and leave one document; a death on the way leaves none."""
    checked = []
    for path, name in json.loads(request):
        record = {"path": path, "syntax": _compiled(path), "error": None, "names": []}
        if record["syntax"] is None and name is not None:
            record["error"], record["names"] = _imported(name)
        checked.append(record)
    with open(results, "w", encoding="utf-8") as stream:  # noqa: PTH123 - 3.8 and up
        json.dump(checked, stream, sort_keys=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
