"""Wrappers for what takes a text in a language: SQL, templates, XML."""

# ruff: noqa: ANN401 - stands in for calls of any type

from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.observer import Observer
from countermine.prove.harness.places import text
from countermine.prove.harness.sinks_calls import told
from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from countermine.prove.harness.wrapping import Apply

MAX_VALUES = 40
MAX_GIVEN = 8000
MAX_TREE = 2000
"""Elements of a parsed document that are read for what an entity brought in."""


def tell_sql(observer: Observer, driver: str, statement: object, parameters: object) -> None:
    """Report a statement as it reaches a driver."""
    facts = {"driver": driver, "sql": text(statement, 8000)}
    given = _given(parameters)
    if given:
        facts["given"] = json.dumps(given)[:MAX_GIVEN]
    observer.observe("sql", facts)


def _given(parameters: Any) -> Any:
    """Return the values of a statement as texts, by place or by name."""
    if isinstance(parameters, (list, tuple)) and len(parameters) == 1:
        # Drivers take the values as one more argument.
        first = parameters[0]
        parameters = first if isinstance(first, (list, tuple, dict)) else parameters
    if isinstance(parameters, dict):
        return {str(name): text(one, 200) for name, one in list(parameters.items())[:MAX_VALUES]}
    if isinstance(parameters, (list, tuple)):
        return [text(one, 200) for one in parameters[:MAX_VALUES]]
    return None


def tell_found(observer: Observer, statement: object) -> None:
    """Report that a question was answered with something."""
    observer.observe("found", {"statement": text(statement, 8000)})


def observed_cursor(observer: Observer, driver: str, base: Any) -> Any:
    """Return a cursor class that reports what it executes, below any class of the caller's."""

    class Cursor(base):  # type: ignore[misc]  # the driver's class
        """Reports what it executes, and whether that finds anything."""

        _asked: Any = None

        def execute(self, sql: Any, *args: Any) -> Any:
            self._asked = sql
            tell_sql(observer, driver, sql, args)
            return super().execute(sql, *args)

        def __next__(self) -> Any:
            return self._found([super().__next__()])[0]

        def fetchone(self) -> Any:
            return self._found(super().fetchone())

        def fetchmany(self, *args: Any, **kwargs: Any) -> Any:
            return self._found(super().fetchmany(*args, **kwargs))

        def fetchall(self) -> Any:
            return self._found(super().fetchall())

        def _found(self, rows: Any) -> Any:
            if rows and self._asked is not None:
                tell_found(observer, self._asked)
                self._asked = None
            return rows

        def executemany(self, sql: Any, *args: Any) -> Any:
            tell_sql(observer, driver, sql, args)
            return super().executemany(sql, *args)

        def executescript(self, sql: Any) -> Any:
            tell_sql(observer, driver, sql, ())
            return super().executescript(sql)

    return Cursor


def _combiner() -> Any:
    combined: dict[tuple[Any, Any], Any] = {}

    def combine(factory: Any, base: Any) -> Any:
        """Return a class that is both the caller's and the observed one."""
        if not isinstance(factory, type) or issubclass(factory, base):
            return factory
        if factory in base.__mro__:
            return base
        if (factory, base) not in combined:
            combined[factory, base] = type(factory.__name__, (factory, base), {})
        return combined[factory, base]

    return combine


def _observed_connection(module: Any, cursor_class: Any, combine: Any) -> Any:
    class Connection(module.Connection):  # type: ignore[misc]  # the real module's class
        """Reports what it executes, itself and through its cursors."""

        def cursor(self, factory: Any = None, **kwargs: Any) -> Any:
            chosen = factory or kwargs.pop("cursorClass", None) or module.Cursor
            return super().cursor(combine(chosen, cursor_class))

        def execute(self, sql: Any, *args: Any) -> Any:
            return self.cursor().execute(sql, *args)

        def executemany(self, sql: Any, *args: Any) -> Any:
            return self.cursor().executemany(sql, *args)

        def executescript(self, sql: Any) -> Any:
            return self.cursor().executescript(sql)

    Connection.__qualname__ = "Connection"
    return Connection


def _sqlite3(module: ModuleType, observer: Observer) -> None:
    combine = _combiner()
    cursor_class = observed_cursor(observer, "sqlite3", module.Cursor)
    observed = _observed_connection(module, cursor_class, combine)
    original = module.connect

    def connect(*args: Any, **kwargs: Any) -> Any:
        if len(args) > 5:  # noqa: PLR2004 - the factory's place in the signature
            args = (*args[:5], combine(args[5], observed), *args[6:])
        else:
            kwargs["factory"] = combine(kwargs.get("factory", module.Connection), observed)
        return original(*args, **kwargs)

    for name in ("sqlite3", "sqlite3.dbapi2", "_sqlite3"):
        if name in sys.modules:
            replace(observer, sys.modules[name], "connect", connect)


def _jinja2(module: ModuleType, observer: Observer) -> None:
    original = module.Environment._parse  # noqa: SLF001 - every template source passes here

    def parse(self: Any, source: Any, name: Any, filename: Any) -> Any:
        if filename is None:
            observer.observe("template", {"engine": "jinja2", "source": text(source, 8000)})
        return original(self, source, name, filename)

    replace(observer, module.Environment, "_parse", parse)


def _template_class(engine: str, name: str, argument: str) -> Apply:
    def apply(module: ModuleType, observer: Observer) -> None:
        owner = getattr(module, name)
        original = owner.__init__

        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it is one
            source = args[0] if args else kwargs.get(argument)
            if isinstance(source, (str, bytes)):
                observer.observe("template", {"engine": engine, "source": text(source, 8000)})
            original(self, *args, **kwargs)

        replace(observer, owner, "__init__", __init__)

    return apply


def _tree_text(tree: Any) -> str:
    parts: list[str] = []
    root = tree.getroot() if hasattr(tree, "getroot") else tree
    if root is None or not hasattr(root, "iter"):
        return ""
    for n, element in enumerate(root.iter()):
        if n >= MAX_TREE:
            break
        parts.extend(one for one in (element.text, element.tail) if isinstance(one, str))
    return "".join(parts)[:20000]


def _lxml(module: ModuleType, observer: Observer) -> None:
    for name in ("fromstring", "parse", "XML", "fromstringlist"):
        original = getattr(module, name)

        def parsed(*args: Any, _original: Any = original, _name: str = name, **kw: Any) -> Any:
            observer.observe("xml", {"parser": f"lxml.etree.{_name}"})
            tree = _original(*args, **kw)
            facts = {"parser": f"lxml.etree.{_name}", "text": _tree_text(tree)}
            observer.observe("xml-tree", facts)
            return tree

        replace(observer, module, name, parsed)


def _element_tree(module: ModuleType, observer: Observer) -> None:
    def apply(name: str) -> None:
        original = getattr(module, name)

        def parsed(*args: Any, **kwargs: Any) -> Any:
            parser = f"xml.etree.ElementTree.{name}"
            observer.observe("xml", {"parser": parser})
            tree = original(*args, **kwargs)
            observer.observe("xml-tree", {"parser": parser, "text": _tree_text(tree)})
            return tree

        replace(observer, module, name, parsed)

    for name in ("fromstring", "XML", "parse"):
        apply(name)


def _xml_calls(module: ModuleType, observer: Observer) -> None:
    for name in ("parse", "parseString", "make_parser"):
        original = getattr(module, name, None)
        if original is not None:
            call = f"{module.__name__}.{name}"

            def facts(*_args: Any, _call: str = call, **_kwargs: Any) -> dict[str, str]:
                return {"parser": _call}

            replace(observer, module, name, told(observer, "xml", original, facts))


def _sax_texts(module: ModuleType, observer: Observer) -> None:
    """Report what a handler is handed in all, when its document ends."""
    owner = module.ExpatParser
    reset, close = owner._reset_cont_handler, owner.close  # noqa: SLF001 - where it gets texts

    def resetting(self: Any) -> None:
        reset(self)
        texts = vars(self).setdefault("_countermine_texts", [])
        hand_over = self._cont_handler.characters

        def characters(text: str) -> None:
            if len(texts) < MAX_TREE:
                texts.append(text)
            hand_over(text)

        self._parser.CharacterDataHandler = characters

    def closing(self: Any) -> None:
        close(self)
        texts = vars(self).pop("_countermine_texts", None)
        if texts:
            facts = {"parser": "xml.sax", "text": "".join(texts)[:20000]}
            observer.observe("xml-tree", facts)

    replace(observer, owner, "_reset_cont_handler", resetting)
    replace(observer, owner, "close", closing)


WATCHED: Mapping[str, Apply] = {
    "sqlite3": _sqlite3,
    "jinja2.environment": _jinja2,
    "django.template.base": _template_class("django", "Template", "template_string"),
    "mako.template": _template_class("mako", "Template", "text"),
    "tornado.template": _template_class("tornado", "Template", "template_string"),
    "lxml.etree": _lxml,
    "xml.etree.ElementTree": _element_tree,
    "xml.sax": _xml_calls,
    "xml.sax.expatreader": _sax_texts,
    "xml.dom.minidom": _xml_calls,
    "xml.dom.pulldom": _xml_calls,
}
"""Module to how it is wrapped once it is loaded."""
