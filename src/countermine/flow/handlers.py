"""Functions that a framework calls, told by their class or by their parameters."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from countermine.catalogue.schema import Catalogue, Handler
from countermine.flow import ir
from countermine.flow.index import FunctionInfo, ModuleInfo
from countermine.flow.values import Value
from countermine.flow.variants import is_annotated

ANY_TYPE = "*"
"""Stands in a handler's types for a parameter of which nothing is known."""


def by_class(catalogue: Catalogue, method: str, classes: Sequence[str]) -> Handler | None:
    """Return the row of the first class that has the method called by its framework."""
    for name in classes:
        generated = [row for end, row in catalogue.generated_bases if name.endswith(end)]
        for handler in (*catalogue.handler_bases.get(name, ()), *generated):
            if is_called(handler, method):
                return handler
    return None


def is_called(handler: Handler, method: str) -> bool:
    """Tell whether a row is about a method of that name."""
    if method.startswith("_"):
        return method in handler.methods
    return any(
        method == known or (known.endswith("*") and method.startswith(known[:-1]))
        for known in handler.methods
    )


def by_name(
    rows: Sequence[Handler], function: FunctionInfo, parameters: Sequence[ir.Parameter]
) -> Handler | None:
    """Return the row that has the names of the first parameters, the receiver left out."""
    place = 0 if function.owner is None else 1
    names = tuple(p.name for p in parameters[place:])
    for row in rows:
        given = names[: len(row.parameters)]
        if given == row.parameters and imports(function.module, row.imports):
            return row
    return None


def give_request(
    handler: Handler, function: ir.Function, parameters: list[Value], place: int
) -> None:
    """Give the first parameters, from a place on, the classes that the framework's have."""
    for number, of in enumerate(handler.request[: len(parameters) - place], place):
        value = parameters[number]
        if of != ANY_TYPE and value.type is None and not is_annotated(function, number):
            parameters[number] = Value(value.taints, type=of)


def imports(module: ModuleInfo, packages: tuple[str, ...]) -> bool:
    """Tell whether a module imports one of these packages; true where there are none."""
    if not packages:
        return True
    if module.imports is None:
        module.imports = frozenset(_imported(module))
    return not module.imports.isdisjoint(packages)


def _imported(module: ModuleInfo) -> Iterator[str]:
    names = {star.module for star in module.stars}
    for bindings in module.bindings.values():
        for binding in bindings:
            if isinstance(binding, ir.Imported) and binding.level == 0:
                names.add(".".join(filter(None, (binding.module, binding.attribute))))
    for name in names:
        yield from accumulate(name.split("."), "{}.{}".format)
