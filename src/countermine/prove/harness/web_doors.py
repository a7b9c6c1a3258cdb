"""What the finders of handlers share: applications, made by factories too, and their doors."""

# ruff: noqa: ANN401 - the frameworks are the target's, not ours: their types are not known here

from __future__ import annotations

import contextlib
import inspect
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from countermine.prove.harness import arguments, drivers_flask, loading, web
from countermine.prove.harness.web_requests import Address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.loading import EntryJob
    from countermine.prove.harness.observer import Observer
    from countermine.prove.harness.web_requests import Request

    Ask = Callable[[Request, Observer], web.Response]

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_FACTORIES = (*drivers_flask.FACTORIES, "init_app", "setup_app", "main_app", "get_application")


class Application(NamedTuple):
    """An application of the target, and how its own code would get at it."""

    module: str
    expression: str
    """Empty where it is one of ours, with the target's handler in it."""
    value: Any


class Door(NamedTuple):
    """A handler where it answers."""

    framework: str
    application: Application
    address: Address
    functions: tuple[Any, ...]
    ask: Ask


def applications(
    entry: EntryJob,
    module: ModuleType,
    word: bytes,
    is_application: Callable[[Any], bool],
    scene: Scene,
) -> Iterator[Application]:
    """Yield applications of the entry's module, then of modules that mention a word."""
    yield from _of(module, is_application, scene)
    for path in web.modules_that_mention(entry.root, word):
        if path == entry.file:
            continue
        other = entry._replace(path=path[len(entry.root) :])
        with contextlib.suppress(Exception):  # a module of the target that cannot be loaded
            yield from _of(loading.load(other), is_application, scene)


def _of(
    module: ModuleType, is_application: Callable[[Any], bool], scene: Scene
) -> Iterator[Application]:
    for name, one in sorted(vars(module).items()):
        if is_application(one):
            yield Application(module.__name__, name, one)
    for name in _FACTORIES:
        factory = getattr(module, name, None)
        if not inspect.isfunction(factory) or factory.__module__ != module.__name__:
            continue
        with contextlib.suppress(Exception):  # a factory that wants what is not here
            built = arguments.build(factory, scene._replace(values=()))
            made = _made(factory(*built.positional, **built.named))
            if is_application(made):
                plain = not built.positional and not built.named
                yield Application(module.__name__, f"{name}()" if plain else "", made)


def _made(result: Any) -> Any:
    if not inspect.iscoroutine(result):
        return result
    return __import__("asyncio").run(result)


def address(
    path: str, methods: Iterable[str], functions: Iterable[Any], entry: EntryJob
) -> Address:
    """Return where functions answer: by the entry's own method where they have many."""
    own = entry.qualname.rsplit(".", 1)[-1].upper().replace("DO_", "")
    known = tuple(sorted({one.upper() for one in methods} - {"HEAD", "OPTIONS"})) or ("GET",)
    codes = [code for function in functions for code in loading.codes(function)]
    names = frozenset(name for code in codes for name in code.co_names)
    chosen = (own,) if own in VERBS and (own in known or "*" in known) else known
    chosen = ("GET", "POST", "PUT", "PATCH", "DELETE") if "*" in chosen else chosen
    return Address(path, chosen, names, tuple(web.likely_keys(codes)))


def flask_like(rule: str) -> str:
    """Return an address whose variables are written ``<kind:name>``."""
    return re.sub(
        r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>",
        lambda found: f"{{{found[2]}:{found[1]}}}" if found[1] else f"{{{found[2]}}}",
        rule,
    )


def bottle_like(rule: str) -> str:
    """Return an address whose variables are written ``<name:kind>``."""
    return re.sub(
        r"<(\w+)(?::(\w+)[^>]*)?>",
        lambda found: f"{{{found[1]}:{found[2]}}}" if found[2] else f"{{{found[1]}}}",
        rule,
    )


def parameters(function: Any) -> list[str]:
    """Return the names of a function's parameters, without the one of its object."""
    code = next(loading.codes(function), None)
    names = [] if code is None else list(code.co_varnames[: code.co_argcount])
    return names[1:] if names[:1] in (["self"], ["cls"]) else names
