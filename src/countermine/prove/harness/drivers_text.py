"""Follows a driver that nobody vouches for: makes what it sets up, and calls the entry point.

Nothing of it runs as code. A call reaches what the target's own files define and a few harmless
constructors; the value reaches the entry point alone. See docs/decisions/0026-mcp.md.
"""

# ruff: noqa: ANN401 - objects of a target have any type

from __future__ import annotations

import ast
import importlib
import inspect
import os
import sys
from types import FunctionType, ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from countermine.prove.harness import driver_text, drivers_function, loading
from countermine.prove.harness.driver_reach import (
    BUILTINS,
    HARMLESS,
    LISTED,
    OF_A_DATABASE,
    RUNS,
    Library,
    is_mock,
    is_mock_class,
    nested,
    resolved,
)
from countermine.prove.harness.driver_text import CONTENT, DATA, NOTHING, DriverText, mentions
from countermine.prove.harness.inputs import BENIGN
from countermine.prove.harness.loading import NotDrivenError
from countermine.prove.harness.results import described, failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from countermine.prove.harness.inputs import Scene
    from countermine.prove.harness.loading import EntryJob
    from countermine.prove.harness.observer import Observer

LOADED = "loaded"
"""Told when the entry point's module is there: what that does by itself every witness meets."""
ENTERING = "entering"
"""Told right before the entry point is called: what is seen before it is the set-up's own."""


class TextDriver(NamedTuple):
    """The driver of a text that was handed in."""

    source: str

    def load(self, entry: EntryJob, _scene: Scene) -> ModuleType:
        """Import the module of the entry point."""
        return loading.load(entry)

    def drive(self, module: ModuleType, entry: EntryJob, scene: Scene, observer: Observer) -> str:
        """Set up, and call the entry point with the value.

        Raises:
            NotDrivenError: If the text asks for what it may not have, or its set-up fails.
        """
        observer.tell(LOADED, {})
        try:
            said = driver_text.read(self.source)
        except driver_text.DriverTextError as problem:
            raise NotDrivenError(str(problem)) from None
        steps = _Steps(said, entry, scene)
        function, positional, named = steps.prepared(module)
        observer.tell(ENTERING, {})
        result = drivers_function.finished(steps.gone_on(function(*positional, **named)))
        if said.later is not None:
            result = drivers_function.finished(steps.used_later(said.later))
        drivers_function.tell_text(result, observer)
        return described(result)


class _Steps:
    """The objects that a driver has names for."""

    def __init__(self, said: DriverText, entry: EntryJob, scene: Scene) -> None:
        self._said, self._entry, self._scene = said, entry, scene
        self._names: dict[str, Any] = {name: Library(f"builtins.{name}") for name in BUILTINS}
        self._made: set[str] = set()

    def prepared(self, module: ModuleType) -> tuple[Callable[..., Any], list[Any], dict[str, Any]]:
        """Return the entry point and what it is called with."""
        try:
            for one in self._said.imports:
                self._names[one.known_as] = self._imported(one)
            for step in self._said.set_up:
                self._set_up(step)
            call = self._said.entry
            function = self._of(call.func)
            self._names[self._said.parameter] = self._value()
            positional, named = self._arguments(call)
        except NotDrivenError:
            raise
        except BaseException as problem:  # noqa: BLE001 - whatever the target raises in set-up
            message = f"the driver's set-up failed: {failure(problem)}"
            raise NotDrivenError(message) from None
        if call is not self._said.last and not self._entry.qualname.endswith(".__init__"):
            message = f"{self._entry.qualname} makes no object whose method could be called"
            raise NotDrivenError(message)
        later = self._said.later
        owner = None if later is None else self._owner(later)
        if later is not None and (owner is None or not self._has(owner, function, later)):
            message = f"line {later.lineno}: no object of the set-up has this method"
            raise NotDrivenError(message)
        if not self._is_entry(function, module):
            message = f"the driver's last line does not call {self._entry.qualname}"
            raise NotDrivenError(message)
        return function, positional, named

    def gone_on(self, made: Any) -> Any:
        """Return what a method of the object says that the entry point made, if one is called.

        Raises:
            NotDrivenError: If the object has no such method of the target's.
        """
        last = self._said.last
        return made if last is self._said.entry else self._method_called(made, last)

    def used_later(self, call: ast.Call) -> Any:
        """Return what a method says of the object whose method the entry point is.

        Raises:
            NotDrivenError: If the object has no such method of the target's.
        """
        return self._method_called(self._owner(call), call)

    def _owner(self, call: ast.Call) -> Any:
        """Return the object of the set-up whose method is called, ``None`` of anything else."""
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        made = isinstance(owner, ast.Name) and owner.id in self._made
        return self._names[owner.id] if made and isinstance(owner, ast.Name) else None

    def _has(self, owner: Any, entered: Any, later: ast.Call) -> bool:
        """Tell whether both are methods of an object, not functions that it was given."""
        assert isinstance(later.func, ast.Attribute)  # noqa: S101 - as it was read
        defined = inspect.getattr_static(type(owner), later.func.attr, None)
        return getattr(entered, "__self__", None) is owner and callable(defined)

    def _method_called(self, owner: Any, call: ast.Call) -> Any:
        assert isinstance(call.func, ast.Attribute)  # noqa: S101 - as it was read
        try:
            method = self._public(owner, call.func.attr)
        except AttributeError as problem:
            raise NotDrivenError(str(problem)) from None
        if inspect.isclass(owner) or inspect.ismodule(owner) or not self._may_call(method):
            message = f"line {call.lineno}: a driver may not make this call"
            raise NotDrivenError(message)
        positional, named = self._arguments(call)
        return method(*positional, **named)

    def _set_up(self, step: driver_text.SetUp) -> None:
        made = self._of(step.made)
        if step.name is None:
            return
        if step.attribute is None:
            self._names[step.name] = made
            self._made.add(step.name)
            return
        owner = self._names.get(step.name)
        own = step.name in self._made
        if not self._takes(owner, step.attribute) or not (own or self._configures(step, made)):
            message = f"line {step.made.lineno}: a driver may not set {step.name}.{step.attribute}"
            raise NotDrivenError(message)
        setattr(owner, step.attribute, resolved(made))

    def _takes(self, owner: Any, name: str) -> bool:
        """Tell whether an object may get an attribute: data of one that set-up made.

        What the class itself defines to be called stays: a check that is replaced is passed by.
        """
        if owner is None or inspect.isclass(owner) or isinstance(owner, (ModuleType, Library)):
            return False
        if name in RUNS or isinstance(owner, FunctionType):
            return False
        defined = inspect.getattr_static(type(owner), name, None)
        if callable(defined) or isinstance(defined, (staticmethod, classmethod)):
            return False
        return is_mock(owner) or isinstance(owner, SimpleNamespace) or self._defined(type(owner))

    def _configures(self, step: driver_text.SetUp, made: Any) -> bool:
        """Tell whether a step gives data to an object of a module, as who configures it would.

        What can be called may be a check there, and takes the place of none.
        """
        owner = self._names.get(step.name or "")
        if owner is None or is_mock(owner) or step.attribute is None:
            return False
        kept = getattr(owner, "__dict__", {}).get(step.attribute)
        return self._defined(type(owner)) and not callable(kept) and not callable(resolved(made))

    def _value(self) -> Any:
        """Return what the driver's parameter is.

        Raises:
            NotDrivenError: If the driver does not take what is fed in.
        """
        values = self._scene.of("parameter", "file-content")
        if not self._scene.values:
            # Where the call itself is the flaw, whatever enters, any word does.
            return BENIGN.encode() if self._said.parameter == DATA else BENIGN
        if len(values) != 1 or self._said.parameter == NOTHING:
            message = "a driver takes one value, of a parameter or of a file"
            raise NotDrivenError(message)
        if values[0].channel == "file-content" and self._said.parameter not in (DATA, CONTENT):
            return self._scene.file(values[0])
        return values[0].data if self._said.parameter == DATA else values[0].text

    def _is_entry(self, function: Any, module: ModuleType) -> bool:
        if self._is_inside(function, module):
            return True
        owner, found = loading.find(module, self._entry.qualname)
        if self._entry.qualname.endswith(".__init__"):
            return function is owner
        # Decorators share the code that they put around: the innermost is the function's own.
        named, called = list(loading.codes(found))[-1:], list(loading.codes(function))[-1:]
        return bool(named) and len(called) == 1 and named[0] is called[0]

    def _is_inside(self, function: Any, module: ModuleType) -> bool:
        """Tell whether a function stands in the one that the entry point stands in, too.

        The one around them gives back a function, whatever that is called, or keeps it as an
        attribute: then it is called by the entry point's own name.
        """
        around, _, name = self._entry.qualname.replace("<locals>.", "").rpartition(".")
        func = self._said.entry.func
        if not around or not isinstance(func, (ast.Call, ast.Attribute)):
            return False
        try:
            _, outer = loading.find(module, around)
        except NotDrivenError:
            return False
        inside = [one for code in list(loading.codes(outer))[-1:] for one in nested(code)]
        called = list(loading.codes(function))[-1:]
        if not called or len(called) != 1 or not any(code is called[0] for code in inside):
            return False
        if isinstance(func, ast.Attribute):
            return called[0].co_name == name
        return any(code.co_name == name for code in inside)

    def _imported(self, one: driver_text.Import) -> Any:
        if not self._is_the_targets(one.module):
            name = one.module if one.name is None else f"{one.module}.{one.name}"
            return self._library(name)
        module = importlib.import_module(one.module)
        if not self._below(getattr(module, "__file__", None)):
            message = f"{one.module} is no module of the target"
            raise NotDrivenError(message)
        return module if one.name is None else self._public(module, one.name)

    def _is_the_targets(self, name: str) -> bool:
        first = name.partition(".")[0]
        return any(
            os.path.exists(f"{folder}/{first}{suffix}")  # noqa: PTH110 - without pathlib
            for folder in loading.search_path(self._entry)
            for suffix in ("", ".py")
        )

    def _library(self, name: str) -> Any:
        """Return what a harmless name means, or the name where it is only the beginning of one."""
        if name not in HARMLESS:
            if any(one.startswith(f"{name}.") for one in HARMLESS):
                return Library(name)
            message = f"a driver may not use {name}: only the target's own code and {LISTED}"
            raise NotDrivenError(message)
        return Library(name)

    def _of(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            if node.id not in self._names:
                message = f"line {node.lineno}: there is no {node.id}"
                raise NotDrivenError(message)
            return self._names[node.id]
        if isinstance(node, ast.Attribute):
            return self._public(self._of(node.value), node.attr)
        if isinstance(node, ast.Call):
            return self._called(node)
        return self._of_several(node)

    def _of_several(self, node: ast.expr) -> Any:
        if isinstance(node, ast.UnaryOp):
            return -self._of(node.operand)
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values)  # noqa: B905 - of one length, and older Python
            items = [(key, value) for key, value in pairs if key is not None]
            return {resolved(self._of(key)): resolved(self._of(value)) for key, value in items}
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            kind = {"List": list, "Tuple": tuple, "Set": set}[type(node).__name__]
            return kind(resolved(self._of(one)) for one in node.elts)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._text(one) for one in node.values)
        message = f"line {node.lineno}: {type(node).__name__} has no place in a driver"
        raise NotDrivenError(message)

    def _text(self, node: ast.expr) -> str:
        """Return a part of the text around the value."""
        part = self._of(node.value if isinstance(node, ast.FormattedValue) else node)
        path = self._scene.of("file-content") and self._said.parameter != CONTENT
        if path or not isinstance(part, str):
            message = f"line {node.lineno}: only a value that is a text stands inside one"
            raise NotDrivenError(message)
        return part

    def _public(self, owner: Any, name: str) -> Any:
        if isinstance(owner, Library):
            return self._library(f"{owner.name}.{name}")
        if is_mock(owner):
            message = f"a driver may not use {name}: nothing is asked of a stand-in"
            raise NotDrivenError(message)
        found = getattr(owner, name)
        if isinstance(found, ModuleType):
            allowed = self._below(getattr(found, "__file__", None))
        elif callable(found):
            allowed = self._may_call(found)
        else:
            allowed = True
        if not allowed:
            message = f"a driver may not use {name}: it is no code of the target"
            raise NotDrivenError(message)
        return found

    def _called(self, node: ast.Call) -> Any:
        function = self._of(node.func)
        harmless = isinstance(function, Library) and function.name in HARMLESS
        if not harmless and (mentions(node, self._said.parameter) or not self._may_call(function)):
            message = f"line {node.lineno}: a driver may not make this call"
            raise NotDrivenError(message)
        function = resolved(function)
        positional, named = self._arguments(node)
        if harmless and is_mock_class(function) and (positional or RUNS & named.keys()):
            message = f"line {node.lineno}: a stand-in does nothing when it is called"
            raise NotDrivenError(message)
        return function(*positional, **named)

    def _arguments(self, node: ast.Call) -> tuple[list[Any], dict[str, Any]]:
        positional = [resolved(self._of(one)) for one in node.args]
        return positional, {str(one.arg): resolved(self._of(one.value)) for one in node.keywords}

    def _may_call(self, function: Any) -> bool:
        """Tell whether something is defined in a file of the target, or asks a database."""
        databases = sys.modules.get("sqlite3")
        owner = getattr(function, "__self__", None)
        if databases is not None and isinstance(owner, (databases.Connection, databases.Cursor)):
            return function.__name__ in OF_A_DATABASE
        return self._defined(function)

    def _defined(self, function: Any) -> bool:
        if inspect.isclass(function):
            module = sys.modules.get(function.__module__)
            return self._below(getattr(module, "__file__", None))
        return any(self._below(code.co_filename) for code in loading.codes(function))

    def _below(self, file: Any) -> bool:
        return isinstance(file, str) and os.path.realpath(file).startswith(self._entry.root)
