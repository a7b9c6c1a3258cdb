"""Wrappers for XPath: which expression selects, and with which variables.

What ``lxml`` gives is written in C, and its methods cannot be replaced. Where expressions are what
is looked at, the target's modules are compiled with a call in the place of ``.xpath``, which gives
a function that tells before it does the same.
"""

# ruff: noqa: ANN401 - stands in for calls of any type

from __future__ import annotations

import functools
import json
from types import ModuleType
from typing import TYPE_CHECKING, Any

from countermine.prove.harness import finding, wrapping
from countermine.prove.harness.observer import Observer
from countermine.prove.harness.places import text
from countermine.prove.harness.rewriting import watch_attributes
from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from countermine.prove.harness.wrapping import Apply

NAME = "__countermine_xpath__"
MAX_TEXT = 6000
_FIRST = ("_path", "path", "query", "xpath")
_SETTINGS = frozenset({*_FIRST, "namespaces", "extensions", "regexp", "smart_strings", "type"})
"""Keywords that are no variables of an expression."""


def _tell(
    observer: Observer,
    expression: Any,
    variables: Mapping[str, Any],
    finds: list[str] | None = None,
) -> None:
    given = {
        str(name): one if isinstance(one, (str, int, float, bool)) else text(one, 200)
        for name, one in variables.items()
        if name not in _SETTINGS
    }
    said = {"expression": text(expression, MAX_TEXT), "variables": json.dumps(given)[:MAX_TEXT]}
    if finds:
        said["finds"] = json.dumps(finds)
    observer.observe("xpath", said)


def _expression(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    named = [kwargs[one] for one in _FIRST if one in kwargs]
    return args[0] if args else next(iter(named), "")


def _lxml(module: ModuleType, observer: Observer) -> None:
    """Let expressions that are compiled first tell of themselves where they are used."""
    for name in ("XPath", "ETXPath"):
        original = getattr(module, name)

        class Telling(original):  # type: ignore[misc, valid-type]  # the library's class
            """Tells what it selects."""

            def __init__(self, path: Any, **options: Any) -> None:
                _tell(observer, path, {})
                super().__init__(path, **options)

            def __call__(self, tree: Any, **variables: Any) -> Any:
                _tell(observer, self.path, variables)
                return super().__call__(tree, **variables)

        replace(observer, module, name, Telling)


def _elementpath(module: ModuleType, observer: Observer) -> None:
    for name in ("select", "iter_select"):
        replace(observer, module, name, _selecting(observer, getattr(module, name)))
    made = module.Selector.__init__

    def __init__(self: Any, path: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it is one
        _tell(observer, path, kwargs.get("variables") or {})
        made(self, path, *args, **kwargs)

    replace(observer, module.Selector, "__init__", __init__)


def _selecting(observer: Observer, original: Any) -> Any:
    def select(root: Any, *args: Any, **kwargs: Any) -> Any:
        _tell(observer, _expression(args, kwargs), kwargs.get("variables") or {})
        return original(root, *args, **kwargs)

    return select


_WATCHED: Mapping[str, Apply] = {
    "lxml.etree": _lxml,
    "elementpath.xpath_selectors": _elementpath,
}


def watch(root: str, observer: Observer, *, wanted: bool) -> None:
    """Let expressions of the target's modules tell of themselves, if that is wanted."""
    if not wanted:
        return

    def attribute(owner: Any, name: str) -> Any:
        found = getattr(owner, name)
        if not callable(found):
            return found

        @functools.wraps(found)
        def telling_one(*args: Any, **kwargs: Any) -> Any:
            asked = _expression(args, kwargs)
            _tell(observer, asked, kwargs, finding.finding(owner, found, asked, kwargs))
            selected = found(*args, **kwargs)
            if isinstance(selected, list) and selected:
                observer.observe("found", {"statement": text(asked, MAX_TEXT)})
            return selected

        return telling_one

    watch_attributes(root, observer, NAME, ("xpath",), attribute)
    wrapping.watch(_WATCHED, observer)
