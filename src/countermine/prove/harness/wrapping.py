"""Wraps calls of modules when they are loaded, whoever loads them."""

from __future__ import annotations

import contextlib
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

from countermine.prove.harness.observer import Observer, Wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

    Apply = Callable[[ModuleType, Observer], None]


def replace(observer: Observer, owner: object, attribute: str, wrapper: object) -> None:
    """Put a wrapper in place of an attribute, and note it so that the probe finds it again."""
    original = getattr(owner, attribute)
    for name in ("__module__", "__name__", "__qualname__", "__doc__", "__text_signature__"):
        try:
            setattr(wrapper, name, getattr(original, name))
        except (AttributeError, TypeError):
            continue
    setattr(owner, attribute, wrapper)
    observer.wrapped.append(Wrapped(owner, attribute, wrapper))


class _AppliedLoader:
    """Loads as another loader does, then wraps."""

    def __init__(self, loader: Loader, apply: Apply, observer: Observer) -> None:
        self._loader = loader
        self._apply = apply
        self._observer = observer

    def __getattr__(self, name: str) -> object:
        """Answer for the real loader: packages ask it for resources and sources."""
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Make the module as the real loader does."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Load the module, then wrap what is watched in it."""
        self._loader.exec_module(module)
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        # A module of the target may bear the name of a library without being like it.
        with contextlib.suppress(AttributeError):
            self._apply(module, self._observer)


class _Finder:
    """Finds the modules that are watched, by asking everybody else."""

    def __init__(self, watched: Mapping[str, Apply], observer: Observer) -> None:
        self._left: dict[str, Apply] = dict(watched)
        self._observer = observer

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - asked of the other finders again
        target: ModuleType | None = None,  # noqa: ARG002 - the protocol's
    ) -> ModuleSpec | None:
        """Return the spec of a watched module with a loader that wraps."""
        apply = self._left.pop(fullname, None)
        if apply is None:
            return None
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            wrapping = _AppliedLoader(spec.loader, apply, self._observer)
            spec.loader = wrapping  # type: ignore[assignment]  # the protocol, without its base
        return spec


def watch(watched: Mapping[str, Apply], observer: Observer) -> None:
    """Wrap the watched calls of modules, those that are loaded and those that will be."""
    for name in sorted(watched):
        module = sys.modules.get(name)
        if module is not None:
            watched[name](module, observer)
    later = {name: apply for name, apply in watched.items() if name not in sys.modules}
    finder = _Finder(later, observer)
    sys.meta_path.insert(0, finder)
