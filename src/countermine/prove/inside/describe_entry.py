"""Says how an entry point is called, as JSON: its parameters, or its route and application.

Usage: ``python describe_entry.py RESULTS REQUEST``, where the request is a JSON object with
``kind``, ``module``, ``path`` and ``qualname``; for programs with ``arguments`` (the keys of what
enters by them, with what stands for each); for ASGI routes with ``key``, ``stand_in`` (what stands
for its value) and ``roots`` (the folders of imports). What cannot be told is an ``error``.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import os
import pkgutil
import runpy
import sys
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_FACTORIES = ("create_app", "make_app", "build_app", "get_app", "app_factory", "create_application")
_MODULES = ("app", "wsgi", "main", "application", "server")


def _parameters(function: Any, skip: int) -> list[dict[str, Any]]:  # noqa: ANN401 - of the target
    try:
        found = list(inspect.signature(function).parameters.values())[skip:]
    except (TypeError, ValueError):
        return []
    uses = importlib.import_module("countermine.prove.harness.usage").shapes(function)
    return [
        {
            "name": one.name,
            "kind": one.kind.name.lower(),
            "optional": one.default is not one.empty
            or one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD),
            "annotation": _annotation(one.annotation),
            "use": uses.get(one.name, ""),
        }
        for one in found
    ]


def _annotation(annotation: Any) -> str:  # noqa: ANN401 - of the target
    if annotation is inspect.Parameter.empty:
        return ""
    return getattr(annotation, "__name__", None) or str(annotation)


def _function(module: Any, qualname: str) -> dict[str, Any]:  # noqa: ANN401 - of the target
    owner, found = None, module
    for part in qualname.split("."):
        owner, found = (
            (found if inspect.isclass(found) else None),
            inspect.getattr_static(found, part),
        )
    kind = "function"
    if owner is not None:
        kind = {staticmethod: "static", classmethod: "class"}.get(type(found), "instance")
        if qualname.endswith(".__init__"):
            kind = "constructor"
    inner = inspect.unwrap(getattr(found, "__func__", found))
    if not callable(inner):
        return {"error": "%s is not a function" % qualname}  # noqa: UP031 - 3.8 and up
    skip = 0 if kind in ("function", "static") else 1
    return {
        "kind": kind,
        "parameters": _parameters(inner, skip),
        "owner": [] if owner is None else _parameters(owner.__init__, 1),
        "coroutine": inspect.iscoroutinefunction(inner),
        "generator": inspect.isgeneratorfunction(inner),
    }


def _codes(function: Any, depth: int = 6) -> Iterator[Any]:  # noqa: ANN401 - of the target
    """Yield the code of a function and of those that decorators wrapped in it."""
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    if code is not None:
        yield code
    inner = [getattr(function, "__wrapped__", None)]
    for cell in getattr(function, "__closure__", None) or ():
        try:
            inner.append(cell.cell_contents)
        except ValueError:
            continue
    for one in inner:
        if depth and callable(one):
            yield from _codes(one, depth - 1)


def _applications(module: Any) -> Iterator[tuple[str, str, Any]]:  # noqa: ANN401 - of the target
    """Yield Flask applications with the module and the expression that gives each."""
    flask = sys.modules.get("flask")
    if flask is None:
        return
    for name in _candidates(module.__name__):
        try:
            holder = importlib.import_module(name)
        except Exception:  # noqa: BLE001, S112 - a module of the target that does not load here
            continue
        for key, value in sorted(vars(holder).items()):
            if isinstance(value, flask.Flask):
                yield name, key, value
        for key in _FACTORIES:
            factory = getattr(holder, key, None)
            if inspect.isfunction(factory) and factory.__module__ == name:
                try:
                    made = factory()
                except Exception:  # noqa: BLE001, S112 - a factory that needs to be told more
                    continue
                if isinstance(made, flask.Flask):
                    yield name, key + "()", made


def _candidates(name: str) -> list[str]:
    """Return modules that may hold the application: around the entry's own, then beside it."""
    parts = name.split(".")
    names = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    package = getattr(sys.modules.get(parts[0]), "__path__", None)
    if package is not None:
        names += [parts[0] + "." + one.name for one in pkgutil.iter_modules(package)]
    names += [one for one in _MODULES if os.path.exists(one + ".py")]  # noqa: PTH110 - 3.8 and up
    return list(dict.fromkeys(one for one in names if not one.endswith("__main__")))


def _route(module: Any, path: str, qualname: str) -> dict[str, Any]:  # noqa: ANN401 - of the target
    name = qualname.rsplit(".", 1)[-1]
    where = os.path.realpath(path)
    for holder, expression, application in _applications(module):
        for rule in application.url_map.iter_rules():
            view = application.view_functions.get(rule.endpoint)
            methods = [view] + [
                getattr(getattr(view, "view_class", None), m, None) for m in ("get", "post")
            ]
            for one in methods:
                codes = _codes(one) if callable(one) else ()
                if any(
                    c.co_name == name and os.path.realpath(c.co_filename) == where for c in codes
                ):
                    return {
                        "kind": "flask",
                        "module": holder,
                        "application": expression,
                        "rule": rule.rule,
                        "methods": sorted(rule.methods - {"HEAD", "OPTIONS"}),
                    }
    return {"error": "no Flask application has a route to %s" % qualname}  # noqa: UP031 - 3.8 and up


class _ParsedError(BaseException):
    """A parser was asked for the arguments: nothing more of the program need run."""


def _program(request: dict[str, Any]) -> dict[str, Any]:
    """Run a program until it reads its arguments, and return those that its parser takes."""
    argparse = importlib.import_module("argparse")
    drivers = importlib.import_module("countermine.prove.harness.drivers_script")
    inputs = importlib.import_module("countermine.prove.harness.inputs")
    values = tuple(inputs.Value("argv", key, text, b"") for key, text in request["arguments"])
    path = os.path.realpath(request["path"])
    scene = inputs.Scene(values, "", "", is_attack=False)
    command = _command(request, scene)
    if command is not None:
        return command
    words = []

    def read(_self: Any, args: Any = None, _namespace: Any = None) -> Any:  # noqa: ANN401 - a parser's
        words.append(list(args or []))
        raise _ParsedError

    argparse.ArgumentParser.parse_known_args = read
    drivers.fill_parsers(scene)
    sys.argv = [path]
    sys.path.insert(0, os.path.dirname(path))  # noqa: PTH120 - 3.8 and up
    with contextlib.suppress(_ParsedError, SystemExit):
        _run(request, path)
    return {"kind": "program", "words": words[0] if words else None}


def _command(request: dict[str, Any], scene: Any) -> dict[str, Any] | None:  # noqa: ANN401 - ours
    """Return how a command of click or typer is run, ``None`` for other programs."""
    harness = "countermine.prove.harness."
    clicked = importlib.import_module(harness + "drivers_click")
    loading = importlib.import_module(harness + "loading")
    if request["module"] is None or request["qualname"] == "<module>":
        return None
    module = importlib.import_module(request["module"])
    found = getattr(module, request["qualname"], None)
    root = os.getcwd() + "/"  # noqa: PTH109 - 3.8 and up
    entry = loading.EntryJob(
        "script", request["path"], request["qualname"], "argv", request["key"], 0, root, ()
    )
    command = clicked.find(module, entry, found)
    if command is None:
        return None
    with tempfile.TemporaryDirectory() as base:
        os.mkdir(base + "/data")  # noqa: PTH102 - 3.8 and up
        words = clicked.words(command, scene._replace(base=base))
        words = [_stood_for(word, base, scene.values) for word in words]
    return {"kind": "program", "words": words, "command": command.holder}


def _stood_for(word: str, base: str, values: Any) -> str:  # noqa: ANN401 - ours
    """Return a word with the input in place of a file that holds it."""
    for place, value in enumerate(values):
        word = word.replace("%s/data/cmprobe-%d.txt" % (base, place), value.text)  # noqa: UP031
    return word


def _run(request: dict[str, Any], path: str) -> None:
    name, module = request["qualname"], request["module"]
    if name == "<module>":
        relative = module is not None and _is_relative(path)
        run, what = (runpy.run_module, module) if relative else (runpy.run_path, path)
        run(what, run_name="__main__")
        return
    loaded = vars(importlib.import_module(module)) if module else runpy.run_path(path)
    found = loaded[name]
    found(*([[]] if _required(found) else []))


def _is_relative(path: str) -> bool:
    with open(path, "rb") as stream:  # noqa: PTH123 - 3.8 and up
        return any(line.lstrip().startswith(b"from .") for line in stream)


def _required(function: Any) -> bool:  # noqa: ANN401 - of the target
    return any(not one["optional"] for one in _parameters(function, 0))


def describe(request: dict[str, Any]) -> dict[str, Any]:
    """Return how the entry point is called."""
    try:
        if request["kind"] == "script":
            return _program(request)
        if request["requested"]:
            told: dict[str, Any] = importlib.import_module("describe_asgi").describe(
                request, _parameters
            )
            if told:
                return told
        module = importlib.import_module(request["module"])
        if request["kind"] == "flask-view":
            return _route(module, request["path"], request["qualname"])
        return _function(module, request["qualname"])
    except Exception as error:  # noqa: BLE001 - whatever code of the target raises while it loads
        return {"error": "%s: %s" % (type(error).__name__, error)}  # noqa: UP031 - 3.8 and up


def main(results: str, request: str) -> None:
    """Describe one entry point."""
    described = describe(json.loads(request))
    with open(results, "w", encoding="utf-8") as stream:  # noqa: PTH123 - 3.8 and up
        json.dump(described, stream, sort_keys=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
