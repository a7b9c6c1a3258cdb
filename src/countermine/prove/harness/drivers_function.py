"""Drives public functions and methods."""

# ruff: noqa: ANN401 - functions of a target have any type

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any

from countermine.prove.harness import arguments, comparisons, loading, usage
from countermine.prove.harness.inputs import BENIGN
from countermine.prove.harness.loading import NotDrivenError
from countermine.prove.harness.made_inside import made_inside
from countermine.prove.harness.results import MAX_ITEMS, consumed, described

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.loading import EntryJob
    from countermine.prove.harness.observer import Observer


def load(entry: EntryJob, _scene: Scene) -> ModuleType:
    """Import the module of an entry point, with Django started where it asks for that."""
    try:
        return loading.load(entry)
    except NotDrivenError as problem:
        if type(problem.__cause__).__name__ not in _UNSTARTED:
            raise
    django = importlib.import_module("countermine.prove.harness.drivers_django")
    django.set_up(entry)
    return loading.load(entry)


_UNSTARTED = frozenset({"ImproperlyConfigured", "AppRegistryNotReady"})
"""What modules of Django's applications raise where nobody has started it."""


def drive(module: ModuleType, entry: EntryJob, scene: Scene, observer: Observer) -> str:
    """Call the function or method of an entry point and return its result as text."""
    owner, found = _found(module, entry, scene)
    first: Exception | None = None
    choices = _choices(owner, found, entry, scene)
    tries = [scene._replace(plain=plain) for plain in (scene.plain, *OTHERS)]
    tries[1:1] = [scene._replace(choice=at) for at in range(choices)]
    optional = arguments.has_optional(function_of(owner, found, entry))
    tries += [scene._replace(sparing=True)] if optional else []
    tries += [scene._replace(plain=plain, as_data=True) for plain in (scene.plain, OTHERS[-1])]
    refusals = (
        TypeError,
        AttributeError,
        *((ValueError, LookupError) if choices or optional else ()),
    )
    for one in tries:
        try:
            result = _called(owner, found, entry, one)
        except refusals as problem:
            # Of some parameters not even the name tells what they take.
            first = first or problem
            continue
        except NotDrivenError:
            # What another value is tried for may be more than what its object is made of takes.
            if first is None:
                raise
            continue
        if comparisons.Unlike.seen:
            result = _with_data(owner, found, entry, one, result)
        tell_text(result, observer)
        return described(result)
    raise _missing(owner, found, entry, scene, first) or first or NotDrivenError(entry.qualname)


def _found(module: ModuleType, entry: EntryJob, scene: Scene) -> tuple[Any, Any]:
    """Return the function of an entry point, and the class that holds it."""
    try:
        return loading.find(module, entry.qualname)
    except NotDrivenError:
        return None, made_inside(module, entry, scene, bound)


def _with_data(owner: Any, found: Any, entry: EntryJob, scene: Scene, result: Any) -> Any:
    """Return what a call gives for bytes, where the text that it got was compared with some.

    What compares digests in bytes says no to every text, the right one included.
    """
    try:
        return _called(owner, found, entry, scene._replace(as_data=True))
    except (TypeError, AttributeError, NotDrivenError):
        return result


def _choices(owner: Any, found: Any, entry: EntryJob, scene: Scene) -> int:
    """Return how many texts there are to try for parameters that are compared with some."""
    function = function_of(owner, found, entry)
    if not callable(function):
        return 0
    attacked = {value.key for value in scene.values}
    shapes = usage.shapes(function).items()
    return max(
        (len(usage.choices(shape)) for name, shape in shapes if name not in attacked), default=0
    )


def function_of(owner: Any, found: Any, entry: EntryJob) -> Any:
    """Return what has the parameters of a call: of a constructor the class."""
    if owner is not None and entry.qualname.endswith(".__init__"):
        return owner
    return getattr(found, "__func__", found)


def _missing(
    owner: Any, found: Any, entry: EntryJob, scene: Scene, problem: Exception | None
) -> NotDrivenError | None:
    """Return what was missing for a legitimate use, where that can be said by name.

    An attack that raises is the target's answer, and stays so.
    """
    if scene.is_attack or problem is None:
        return None
    function = bound(owner, found, entry, scene)
    names = arguments.unknown(function, {value.key for value in scene.values})
    if not names:
        return None
    message = (
        f"nothing is known of what {entry.qualname} takes as {', '.join(names)}: "
        f"{type(problem).__name__}: {problem}"
    )
    return NotDrivenError(message)


OTHERS: tuple[object, ...] = (1, (BENIGN,), b"cmprobe")
"""What is tried in turn for a parameter of which nothing is known."""


def _called(owner: Any, found: Any, entry: EntryJob, scene: Scene) -> Any:
    try:
        return finished(_begun(owner, found, entry, scene))
    except (RuntimeError, NotDrivenError) as problem:
        if _LOOP not in str(problem):
            raise
    return importlib.import_module("asyncio").run(_within_loop(owner, found, entry, scene))


_LOOP = "no running event loop"
"""What asyncio says to an object that has to be made while a loop runs, as clients have."""


async def _within_loop(owner: Any, found: Any, entry: EntryJob, scene: Scene) -> Any:
    """Return what a call leads to whose object is made within a running loop."""
    result = _begun(owner, found, entry, scene)
    if inspect.isawaitable(result) or inspect.isasyncgen(result):
        return await _awaited(result)
    return finished(result)


def _begun(owner: Any, found: Any, entry: EntryJob, scene: Scene) -> Any:
    function = bound(owner, found, entry, scene)
    kept = _by_constructor(owner, found, scene)
    built = arguments.build(function, _without_values(scene) if kept else scene)
    return function(*built.positional, **built.named)


def bound(owner: Any, found: Any, entry: EntryJob, scene: Scene) -> Callable[..., Any]:
    """Return what can be called without an object or class in front.

    Raises:
        NotDrivenError: If it is no function, or its object cannot be made.
    """
    if owner is not None and entry.qualname.endswith(".__init__"):
        return owner  # type: ignore[no-any-return]  # a class is called like a function
    if isinstance(found, property):
        getter, of = found.fget, owner
        return lambda: getter(arguments.instance(of, scene))  # type: ignore[misc]  # has one
    if isinstance(found, (staticmethod, classmethod)):
        return found.__get__(None, owner)
    callback = getattr(found, "callback", None)
    if callback is not None and not inspect.isfunction(found):
        found = callback
    if not callable(found):
        message = f"{entry.qualname} is {type(found).__name__}, which cannot be called"
        raise NotDrivenError(message)
    if owner is not None and hasattr(found, "__get__"):
        if issubclass(owner, type):
            return found.__get__(owner, type(owner))  # type: ignore[no-any-return]  # bound
        kept = _by_constructor(owner, found, scene)
        values = scene if kept else _without_values(scene)
        holder = arguments.instance(owner, values, attacked=kept)
        return found.__get__(holder, type(holder))  # type: ignore[no-any-return]  # bound
    return found  # type: ignore[no-any-return]  # callable, as was checked


def _by_constructor(owner: Any, found: Any, scene: Scene) -> bool:
    """Tell whether the values are what an object is made with, and a method uses later."""
    keys = {value.key for value in scene.of("parameter")}
    if not keys or not inspect.isclass(owner) or not inspect.isfunction(found):
        return False
    own = inspect.signature(found).parameters
    if any(key is None or key in own for key in keys):
        return False
    if any(one.kind is one.VAR_KEYWORD for one in own.values()):
        return False
    try:
        return keys <= set(inspect.signature(owner).parameters)
    except (TypeError, ValueError):
        return False


def _without_values(scene: Scene) -> Scene:
    return scene._replace(values=())


def finished(result: Any) -> Any:
    """Return what a call leads to in the end: awaited, iterated, read."""
    if inspect.iscoroutine(result) or inspect.isasyncgen(result) or inspect.isawaitable(result):
        return importlib.import_module("asyncio").run(_awaited(result))
    if hasattr(result, "__enter__") and hasattr(result, "gen"):
        with result as entered:
            return consumed(entered)
    return consumed(result)


async def _awaited(result: Any) -> Any:
    if inspect.isasyncgen(result):
        items: list[Any] = []
        async for item in result:
            items.append(item)
            if len(items) >= MAX_ITEMS:
                break
        return items
    return consumed(await result)


def tell_text(result: Any, observer: Observer) -> None:
    """Report a text that came back, so that a judge can parse it as a page."""
    if hasattr(result, "__html__"):
        result = str(result)
    if isinstance(result, (str, bytes)):
        body = result if isinstance(result, str) else result.decode("utf-8", "replace")
        observer.tell("returned", {"body": body[:64_000]})
    headers = getattr(result, "headers", None)
    find = getattr(headers, "get", None)
    place = find("Location") if callable(find) else None
    if isinstance(place, str):
        # A function that answers a request, called without one.
        observer.tell("response", {"status": "", "body": "", "location": place})
