"""Functions that a framework calls, told by their class or by their parameters."""

from collections.abc import Sequence

from countermine.catalogue.schema import Catalogue, Handler
from countermine.flow import ir
from countermine.flow.index import FunctionInfo, ModuleInfo


def by_class(catalogue: Catalogue, method: str, classes: Sequence[str]) -> Handler | None:
    """Return the row of the first class that has the method called by its framework."""
    for name in classes:
        for handler in catalogue.handler_bases.get(name, ()):
            for known in handler.methods:
                if method == known or (known.endswith("*") and method.startswith(known[:-1])):
                    return handler
    return None


def by_name(
    rows: Sequence[Handler], function: FunctionInfo, parameters: Sequence[ir.Parameter]
) -> Handler | None:
    """Return the row that has the name of the first parameter, the receiver left out."""
    place = 0 if function.owner is None else 1
    if len(parameters) <= place:
        return None
    for row in rows:
        if row.parameter == parameters[place].name and imports(function.module, row.imports):
            return row
    return None


def imports(module: ModuleInfo, packages: tuple[str, ...]) -> bool:
    """Tell whether a module imports one of these packages at its top level."""
    for bindings in module.bindings.values():
        for binding in bindings:
            if (
                isinstance(binding, ir.Imported)
                and binding.level == 0
                and binding.module.partition(".")[0] in packages
            ):
                return True
    return any(star.module.partition(".")[0] in packages for star in module.stars)
