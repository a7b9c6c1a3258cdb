"""Finds functions that another function makes: handlers, callbacks, what a factory returns.

The function around it is entered with harmless arguments and left as soon as the one inside is
there, so that no server is started and nothing is waited for.
"""

# ruff: noqa: ANN401 - functions of a target have any type

from __future__ import annotations

import gc
import importlib
import inspect
import sys
from typing import TYPE_CHECKING, Any

from countermine.prove.harness import arguments, loading
from countermine.prove.harness.loading import NotDrivenError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType, ModuleType

    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.loading import EntryJob

    Bind = Callable[[Any, Any, EntryJob, Scene], Callable[..., Any]]


class _MadeError(BaseException):
    """Leaves a function whose inner function is there; no ``except Exception`` of it catches it."""


def made_inside(module: ModuleType, entry: EntryJob, scene: Scene, bind: Bind) -> Any:
    """Return the function that a function of the module makes.

    Args:
        module: Has the function around it.
        entry: Names the one inside by both: ``serve.call_tool``.
        scene: Holds what the function around it is called with, apart from values under attack.
        bind: Makes what can be called of a function and its owner.

    Raises:
        NotDrivenError: If there is none, or it was not made.
    """
    outer, _, name = entry.qualname.replace("<locals>.", "").rpartition(".")
    if not outer:
        message = f"{module.__name__} has no {name!r} to call once it is loaded"
        raise NotDrivenError(message)
    owner, found = loading.find(module, outer)
    wanted = [
        (code, constant)
        for code in loading.codes(found)
        for constant in code.co_consts
        if getattr(constant, "co_name", None) == name
    ]
    if not wanted:
        message = f"{module.__name__} has no {entry.qualname!r} to call once it is loaded"
        raise NotDrivenError(message)
    around, inner = wanted[-1]
    plain = scene._replace(values=())
    function = bind(owner, found, entry._replace(qualname=outer), plain)
    made: list[Any] = []
    problem: BaseException | None = None
    # What may be left out may be of no use as it was made up.
    for sparing in (False, True):
        problem = _entered(function, around, plain, sparing=sparing) or problem
        made = [one for one in gc.get_objects() if _is_of(one, inner)]
        if made:
            break
    else:
        said = "" if problem is None else f": {type(problem).__name__}: {problem}"
        message = f"{outer} was called and did not make {name}{said}"
        raise NotDrivenError(message[:400])
    return made[-1]


def _awaited(result: Any) -> Any:
    return importlib.import_module("asyncio").run(result) if inspect.iscoroutine(result) else result


_KEPT: list[object] = []
"""What came back, and the frames that were left: they hold the functions that were made."""


def _is_of(one: object, code: CodeType) -> bool:
    return inspect.isfunction(one) and one.__code__ is code


def _entered(
    function: Callable[..., Any], around: CodeType, scene: Scene, *, sparing: bool
) -> BaseException | None:
    """Enter a function until all that it makes of functions is there; return what it raised."""
    names = {
        constant.co_name
        for constant in around.co_consts
        if hasattr(constant, "co_name") and not constant.co_name.startswith("<")
    }

    def inside(frame: FrameType, event: str, _argument: object) -> Any:
        if event in {"line", "return"} and names.issubset(frame.f_locals):
            _KEPT.append(dict(frame.f_locals))
            if event == "line":
                raise _MadeError
        return inside

    def called(frame: FrameType, _event: str, _argument: object) -> Any:
        return inside if frame.f_code is around else None

    before = sys.gettrace()
    sys.settrace(called)
    try:
        built = arguments.build(function, scene._replace(sparing=sparing))
        result = function(*built.positional, **built.named)
        _KEPT.append(_awaited(result))
    except _MadeError:
        return None
    except Exception as problem:  # noqa: BLE001 - whatever the target raises
        return problem
    finally:
        sys.settrace(before)
    return None
