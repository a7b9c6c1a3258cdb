"""Which names are bound where: so that a rewrite neither shadows nor misreads one."""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from countermine.fix.tree import Tree, descend, dotted


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBinding:
    """A name that an import statement binds."""

    local: str
    """The name that is bound: ``a`` for ``import a.b``."""
    expression: str
    """How the imported thing is written: ``a.b`` for ``import a.b``."""
    target: str
    """What ``expression`` means: ``a.b``, ``.sibling.name`` for a relative import."""
    statement: cst.Import | cst.ImportFrom
    top_level: bool
    """Stands by itself at the top level, not below ``if`` or ``try``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A module, class, function or lambda, with the names that its own body binds."""

    node: cst.CSTNode
    imports: tuple[ImportBinding, ...]
    others: frozenset[str]
    """Names bound in other ways than by an import."""

    def binds(self, name: str) -> bool:
        """Tell whether the name is bound here."""
        return name in self.others or any(bound.local == name for bound in self.imports)

    def meaning(self, name: str) -> str | None:
        """Return what a name means if imports alone bind it here, always to the same thing."""
        if name in self.others:
            return None
        roots = {_root(bound) for bound in self.imports if bound.local == name}
        return roots.pop() if len(roots) == 1 else None


def _root(bound: ImportBinding) -> str:
    return bound.local if bound.expression != bound.local else bound.target


def scope_of(node: cst.CSTNode) -> Scope:
    """Return the names that a module, class, function or lambda binds."""
    imports: list[ImportBinding] = []
    others: set[str] = set()
    top = set(node.body) if isinstance(node, cst.Module) else set()
    for inner in _own_nodes(node):
        if isinstance(inner, cst.Import | cst.ImportFrom):
            imports += _import_bindings(inner, top_level=False)
        elif isinstance(inner, cst.SimpleStatementLine) and inner in top:
            imports += [
                bound
                for small in inner.body
                if isinstance(small, cst.Import | cst.ImportFrom)
                for bound in _import_bindings(small, top_level=True)
            ]
        else:
            others.update(_bound_by(inner))
    ahead = {bound.statement for bound in imports if bound.top_level}
    kept = (one for one in imports if one.top_level or one.statement not in ahead)
    return Scope(node=node, imports=tuple(kept), others=frozenset(others))


def _own_nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.FunctionDef | cst.Lambda):
        yield from descend(node.params, into_functions=False)
        yield from descend(node.body, into_functions=False)
        return
    for child in node.children:
        if isinstance(child, cst.FunctionDef | cst.ClassDef | cst.Lambda):
            yield child
        else:
            yield from descend(child, into_functions=False)


def _bound_by(node: cst.CSTNode) -> Iterator[str]:
    match node:
        case (
            cst.AssignTarget(target=target)
            | cst.AnnAssign(target=target)
            | cst.AugAssign(target=target)
            | cst.For(target=target)
            | cst.CompFor(target=target)
            | cst.NamedExpr(target=target)
            | cst.WithItem(asname=cst.AsName(name=target))
            | cst.ExceptHandler(name=cst.AsName(name=target))
            | cst.ExceptStarHandler(name=cst.AsName(name=target))
        ):
            yield from _names_in(target)
        case cst.Param(name=name) | cst.FunctionDef(name=name) | cst.ClassDef(name=name):
            yield name.value
        case cst.MatchAs(name=cst.Name(value=value)) | cst.MatchStar(name=cst.Name(value=value)):
            yield value
        case cst.Global(names=items) | cst.Nonlocal(names=items):
            yield from (item.name.value for item in items)
        case _:
            pass


def _names_in(target: cst.CSTNode) -> Iterator[str]:
    match target:
        case cst.Name(value=value):
            yield value
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for element in elements:
                yield from _names_in(element.value)
        case _:
            pass


def _import_bindings(
    statement: cst.Import | cst.ImportFrom, *, top_level: bool
) -> Iterator[ImportBinding]:
    if isinstance(statement.names, cst.ImportStar):
        return
    prefix = ""
    if isinstance(statement, cst.ImportFrom):
        module = dotted(statement.module) if statement.module else ""
        prefix = "." * len(statement.relative) + (f"{module}." if module else "")
    for alias in statement.names:
        name = dotted(alias.name) or ""
        asname = alias.asname.name if alias.asname else None
        expression = asname.value if isinstance(asname, cst.Name) else name
        yield ImportBinding(
            local=expression.partition(".")[0],
            expression=expression,
            target=prefix + name,
            statement=statement,
            top_level=top_level,
        )


def scopes_around(chain: tuple[cst.CSTNode, ...]) -> tuple[Scope, ...]:
    """Return the scopes that a node of this chain sees, the module first.

    A class counts only where no function stands between: methods do not see its names.
    """
    inner = [
        node
        for index, node in enumerate(chain[1:], 1)
        if isinstance(node, cst.FunctionDef | cst.Lambda)
        or (isinstance(node, cst.ClassDef) and not _functions_in(chain[index + 1 :]))
    ]
    return tuple(scope_of(node) for node in (chain[0], *inner))


def _functions_in(nodes: tuple[cst.CSTNode, ...]) -> bool:
    return any(isinstance(node, cst.FunctionDef | cst.Lambda) for node in nodes)


def resolve(scopes: tuple[Scope, ...], node: cst.CSTNode) -> str | None:
    """Return the full name of what an expression names, ``None`` when it cannot be told.

    A name that nothing binds is a builtin and stands for itself.
    """
    written = dotted(node)
    if written is None:
        return None
    first, dot, rest = written.partition(".")
    for scope in reversed(scopes):
        if scope.binds(first):
            meaning = scope.meaning(first)
            return None if meaning is None else meaning + dot + rest
    return written


def statement_index(tree: Tree, chain: tuple[cst.CSTNode, ...]) -> int:
    """Return the index in the module's body of the statement that a chain goes through."""
    return next(
        (index for index, node in enumerate(tree.module.body) if node in chain[1:2]),
        len(tree.module.body),
    )
