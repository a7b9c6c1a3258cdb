"""Names at the top level of modules: what they are bound to, wherever that is written."""

from functools import partial, reduce
from typing import Protocol

from countermine.flow import ir, known
from countermine.flow.bounds import VALUES_JOINED
from countermine.flow.budget import Budget
from countermine.flow.frame import Analysed, Engine
from countermine.flow.index import (
    Binding,
    ClassInfo,
    FunctionInfo,
    ModuleInfo,
    Project,
    ValueRange,
)
from countermine.flow.joining import join
from countermine.flow.lasting import kept_by
from countermine.flow.library_constants import library_constant
from countermine.flow.lookups import absolute, module_prefixes
from countermine.flow.registries import Registries, registered
from countermine.flow.shared_names import setting_functions
from countermine.flow.values import UNKNOWN, Value


class Runner(Engine, Protocol):
    """What functions that set names are run with."""

    def generic(self, function: FunctionInfo) -> Analysed:
        """Return a function analysed with nothing assumed of its arguments."""
        ...

    def is_running(self, function: FunctionInfo) -> bool:
        """Tell whether a function, in whatever context, is being run."""
        ...


class TopLevel:
    """Tells what names are at the top level of a module, and remembers it."""

    def __init__(
        self, runner: Runner, project: Project, budget: Budget, registries: Registries
    ) -> None:
        """Look into the modules of this project."""
        self._runner = runner
        self._project = project
        self._budget = budget
        self._registries = registries
        self._values: dict[tuple[str, str], Value | None] = {}
        self._unsettled: set[tuple[str, str]] = set()
        self._shared: dict[str, dict[str, list[FunctionInfo]]] = {}
        self._known_names = module_prefixes(runner.catalogue)

    def value(self, module: ModuleInfo, name: str) -> Value | None:
        """Return what a name is at the top level of a module; ``None`` if it is not bound."""
        key = (module.path, name)
        if key in self._values:
            return self._values[key]
        self._values[key] = None
        bindings = module.bindings.get(name)
        found = self._bound(module, bindings) if bindings else self._starred(module, name)
        self._values[key] = found
        if all(isinstance(b, ValueRange) for b in bindings or ()):
            found = self._values[key] = self._set_elsewhere(module, name, found)
            if key in self._unsettled:
                self._unsettled.discard(key)
                del self._values[key]
        self._budget.forget_with(partial(self._values.pop, key, None))
        return found

    def _set_elsewhere(self, module: ModuleInfo, name: str, found: Value | None) -> Value | None:
        """Return a name of the module with what functions set it to; taint of parameters aside."""
        setters = self._shared.get(module.path)
        if setters is None:
            setters = self._shared[module.path] = setting_functions(module)
        if name not in setters:
            return found
        if found is not None:
            # Nothing can be concluded from what the name is at first.
            self._values[(module.path, name)] = join(found, UNKNOWN)
        for function in setters[name]:
            if self._runner.is_running(function):
                # What it sets is not known yet: the name is looked at again when it is.
                self._unsettled.add((module.path, name))
            value = self._runner.generic(function).summary.shared.get(name)
            if value is not None:
                value = kept_by(value)
                found = value if found is None else join(found, value)
        return registered(self._registries, self._project.parsed(), setters[name], name, found)

    def _bound(self, module: ModuleInfo, bindings: list[Binding]) -> Value:
        imports = [self.imported(module, b) for b in bindings if isinstance(b, ir.Imported)]
        own = [value for value in imports if value.target is not None]
        if own and imports[0].ref not in self._known_names:
            return reduce(join, own)
        # What is tried first counts: a copy in the tree stands in where the library is not there.
        if imports:
            return next((v for v in imports if v.ref in self._known_names), imports[0])
        for binding in reversed(bindings):
            if isinstance(binding, (FunctionInfo, ClassInfo)):
                return Value(target=binding)
        ranges = [b for b in bindings if isinstance(b, ValueRange)]
        return self._ranges(module, ranges)

    def _ranges(self, module: ModuleInfo, ranges: list[ValueRange]) -> Value:
        found: Value | None = None
        for place in ranges[:VALUES_JOINED]:
            value = self._range(module, place)
            found = value if found is None else join(found, value)
        return UNKNOWN if found is None else found

    def _range(self, module: ModuleInfo, place: ValueRange) -> Value:
        if not place.whole:
            return UNKNOWN
        expression = self._project.value(module, place.start, place.end)
        if expression is None:
            return UNKNOWN
        return known.forgotten(self._runner.static_value(module, expression))

    def _starred(self, module: ModuleInfo, name: str) -> Value | None:
        for star in module.stars:
            dotted = absolute(module, star)
            target = self._project.named(dotted, module)
            if target is not None and target is not module:
                found = self.value(target, name)
                if found is not None:
                    return found
            elif target is None and f"{dotted}.{name}" in self._known_names:
                return self._external(f"{dotted}.{name}")
        return None

    def imported(self, module: ModuleInfo, name: ir.Imported) -> Value:
        """Return what an import binds."""
        dotted = absolute(module, name)
        near = module if name.level == 0 else None
        target = self._project.named(dotted, near)
        if target is module:
            target = None
        if name.attribute is None:
            return Value(target=target) if target is not None else self._external(dotted)
        if target is not None:
            found = self.value(target, name.attribute)
            if found is not None:
                return found
        inner = f"{dotted}.{name.attribute}" if dotted else name.attribute
        below = self._project.named(inner, near)
        if below is not None and below is not module:
            return Value(target=below)
        return self._external(inner)

    def _external(self, ref: str) -> Value:
        of = self._runner.catalogue.value_types.get(ref)
        return Value(const=library_constant(ref), ref=ref, type=of)

    def is_known(self, imported: Value) -> bool:
        """Tell whether an import gives something that the catalogue speaks of."""
        return imported.ref in self._known_names

    def submodule(self, module: ModuleInfo, name: str) -> Value | None:
        """Return a module below a package."""
        dotted = f"{module.name}.{name}"
        found = self._project.named(dotted)
        if found is not None:
            return Value(target=found)
        return self._external(dotted) if dotted in self._known_names else None
