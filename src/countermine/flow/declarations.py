"""What declarations say: annotations, classes inside classes, and methods that only describe."""

from collections.abc import Callable, Sequence

from countermine.flow import ir
from countermine.flow.hierarchy import Hierarchy
from countermine.flow.index import ClassInfo, FunctionInfo, ModuleInfo, Project, ValueRange
from countermine.flow.values import OTHERS_KEPT, Closure
from countermine.flow.variants import is_abstract

Annotation = Callable[[ModuleInfo, ir.Expr | None], "str | ClassInfo | None"]
"""Finds the class that an annotation names."""
ALIASES_FOLLOWED = 4
"""Modules through which the name of a type is handed on."""
ABSTRACT_BYTES = 1500
"""Longest method that is taken for one that only describes what others do."""


class Declarations:
    """Answers questions about declarations; remembers every answer."""

    def __init__(
        self,
        project: Project,
        hierarchy: Hierarchy,
        annotation: Annotation,
        lowered: Callable[[FunctionInfo | Closure], ir.Function],
        absolute: Callable[[ModuleInfo, ir.Imported], str],
    ) -> None:
        """Know the target's modules and classes."""
        self._project = project
        self._hierarchy = hierarchy
        self._annotation = annotation
        self._lowered = lowered
        self._absolute = absolute
        self._declared: dict[tuple[ClassInfo, str], str | ClassInfo | None] = {}
        self._overrides: dict[tuple[ClassInfo, FunctionInfo, int], list[FunctionInfo]] = {}
        self._having: dict[str, list[ClassInfo]] = {}
        self._methods_of: set[str] = set()
        self._indexed = 0
        self._below: dict[tuple[ClassInfo, int], list[ClassInfo]] = {}
        self._results: dict[tuple[str, str, int], str | ClassInfo | None] = {}

    def overrides(self, owner: ClassInfo, method: FunctionInfo) -> list[FunctionInfo]:
        """Return what the classes below one have in place of a method that does nothing itself."""
        if method.end - method.start > ABSTRACT_BYTES or method.name.startswith("__"):
            return []
        modules = self._project.parsed()
        key = (owner, method, len(modules))
        known = self._overrides.get(key)
        if known is None:
            known = self._overrides[key] = []
            if is_abstract(method, self._lowered(method)):
                known += [
                    other.methods[method.name]
                    for other in self._with_method(method.name, modules)
                    if other.methods[method.name] is not method
                    and owner in self._hierarchy.line(other)
                ][:OTHERS_KEPT]
        return known

    def _with_method(self, name: str, modules: Sequence[ModuleInfo]) -> list[ClassInfo]:
        """Return the classes that have a method, in the order of their modules."""
        if self._indexed != len(modules):
            self._indexed = len(modules)
            for module in modules:
                if module.path in self._methods_of:
                    continue
                self._methods_of.add(module.path)
                for other in module.classes:
                    for method in other.methods:
                        self._having.setdefault(method, []).append(other)
        return sorted(self._having.get(name, ()), key=lambda one: one.module.path)

    def below(self, owner: ClassInfo) -> list[ClassInfo]:
        """Return classes that inherit from one, as far as their modules are known."""
        modules = self._project.parsed()
        key = (owner, len(modules))
        if key not in self._below:
            name = owner.name.encode()
            self._below[key] = [
                other
                for module in modules
                if name in module.text
                for other in module.classes
                if other is not owner and other.bases and owner in self._hierarchy.line(other)
            ][:OTHERS_KEPT]
        return self._below[key]

    def inner_class(self, owner: ClassInfo, name: str) -> ClassInfo | None:
        """Return a class that is defined in the body of a class or of one of its bases."""
        for current in self._hierarchy.line(owner):
            if isinstance(current, ClassInfo):
                wanted = f"{current.qualname}.{name}"
                for other in current.module.classes:
                    if other.qualname == wanted:
                        return other
        return None

    def declared_type(self, owner: ClassInfo, name: str) -> "str | ClassInfo | None":
        """Return the class that the annotation of a field of a class or its bases names."""
        key = (owner, name)
        if key not in self._declared:
            self._declared[key] = None
            for current in self._hierarchy.line(owner):
                if isinstance(current, ClassInfo) and name in current.declared:
                    place = current.declared[name]
                    expression = self._project.value(current.module, *place)
                    self._declared[key] = self._annotation(current.module, expression)
                    break
        return self._declared[key]

    def result_type(self, callee: FunctionInfo | Closure) -> "str | ClassInfo | None":
        """Return the class that the annotation of what a function returns names."""
        returns = self._lowered(callee).returns
        if returns is None:
            return None
        key = _key(callee, returns)
        if key not in self._results:
            self._results[key] = self._annotation(
                (callee.info if isinstance(callee, Closure) else callee).module, returns
            )
        return self._results[key]

    def alias(self, module: ModuleInfo, name: str) -> tuple[ModuleInfo, ir.Expr] | None:
        """Return the expression that a name stands for at the top level, and its module."""
        for _ in range(ALIASES_FOLLOWED):
            binding = next(iter(module.bindings.get(name, ())), None)
            if isinstance(binding, ValueRange):
                found = self._project.value(module, binding.start, binding.end)
                return None if found is None else (module, found)
            if not isinstance(binding, ir.Imported) or binding.attribute is None:
                return None
            target = self._project.named(self._absolute(module, binding), module)
            if target is None or target is module:
                return None
            module, name = target, binding.attribute
        return None


def _key(callee: FunctionInfo | Closure, returns: ir.Expr) -> tuple[str, str, int]:
    info = callee.info if isinstance(callee, Closure) else callee
    return info.module.path, callee.qualname, returns.start
