"""Going through what the intermediate form is made of."""

from collections.abc import Iterator

from countermine.flow import ir


def parts(node: ir.Node) -> list[object]:
    """Return what a node is made of: nodes, and lists and tuples of them."""
    return [
        value for name in ir.part_names(type(node)) if (value := getattr(node, name)) is not None
    ]


def inside(start: object, *, into_functions: bool = True) -> Iterator[ir.Node]:
    """Yield every statement and expression, those inside others too.

    Args:
        start: A node, or a list or tuple of them.
        into_functions: Whether those of functions that are defined inside count.
    """
    waiting: list[object] = [start]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting.extend(node)
        elif isinstance(node, ir.Node) and (into_functions or not isinstance(node, ir.Function)):
            yield node
            waiting.extend(parts(node))
