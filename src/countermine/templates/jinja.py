"""Jinja2 templates, lowered to the intermediate form: read by Jinja2's own parser."""

from collections.abc import Callable, Iterator

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import Lexer, TokenStream

from countermine.flow import ir
from countermine.templates.html import Reader
from countermine.templates.jinja_expressions import expression, parts, place_of
from countermine.templates.page import Page

UNKNOWN_TAGS = 60
"""Tags of extensions that one template may have."""
DEPTH = 80
"""Blocks within blocks; written ones stay below ten."""


class _PlaceLexer(Lexer):
    """Gives tokens the offset of their beginning, from 1, in place of the line."""

    def tokeniter(  # type: ignore[explicit-override]  # Python 3.11 has no override
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> Iterator[tuple[int, str, str]]:
        place = 0
        for _, token, text in super().tokeniter(source, name, filename, state):
            found = source.find(text, place)
            place = max(found, place)
            yield place + 1, token, text
            place += len(text)


class _Environment(Environment):
    """An environment that only reads."""

    @property
    def lexer(self) -> Lexer:  # type: ignore[explicit-override]  # as above
        return _LEXER

    def _tokenize(  # type: ignore[explicit-override]  # as above
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        return _LEXER.tokenize(source, name, filename, state)


_PLAIN = Environment(keep_trailing_newline=True)  # noqa: S701 - nothing is rendered
_LEXER = _PlaceLexer(_PLAIN)
_READER = _Environment(
    keep_trailing_newline=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"]
)


def parse(text: str) -> nodes.Template | None:
    """Return the tree of a template, tags of extensions left out; ``None`` if it has none."""
    for _ in range(UNKNOWN_TAGS):
        try:
            return _READER.parse(text)
        except TemplateSyntaxError as fault:
            start = text.rfind("{%", 0, fault.lineno + 1)
            end = text.find("%}", max(start, 0))
            if start < 0 or end < 0:
                return None
            text = text[:start] + " " * (end + 2 - start) + text[end + 2 :]
        except (RecursionError, ValueError):
            return None
    return None


def lower(page: Page) -> list[ir.Stmt] | None:
    """Return what a template does; ``None`` if it cannot be read."""
    tree = parse(page.text)
    if tree is None:
        return None
    return _Lowering(page).body(tree.body, 0)


class _Lowering:
    """Lowers the statements of one template."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.parent_blocks: dict[str, Reader] = {}

    def body(self, found: list[nodes.Node], depth: int) -> list[ir.Stmt]:
        if depth > DEPTH:
            return []
        return [s for node in found for s in self.statement(node, depth + 1)]

    def statement(self, node: nodes.Node, depth: int) -> list[ir.Stmt]:
        lowerer = _TABLE.get(type(node))
        return [] if lowerer is None else lowerer(self, node, depth)

    def assigned(self, node: nodes.Assign, _depth: int) -> list[ir.Stmt]:
        place = place_of(self.page, node)
        return [self._assign(node.target, expression(self.page, node.node), place)]

    def assigned_block(self, node: nodes.AssignBlock, depth: int) -> list[ir.Stmt]:
        place = place_of(self.page, node)
        body = self.body(node.body, depth)
        return [*body, self._assign(node.target, ir.Opaque(*place, []), place)]

    def with_(self, node: nodes.With, depth: int) -> list[ir.Stmt]:
        place = place_of(self.page, node)
        assigned = [
            self._assign(target, expression(self.page, value), place)
            for target, value in zip(node.targets, node.values, strict=True)
        ]
        return [*assigned, *self.body(node.body, depth)]

    def called(self, node: nodes.CallBlock, depth: int) -> list[ir.Stmt]:
        called = ir.Evaluate(*place_of(self.page, node), expression(self.page, node.call))
        return [called, *self.body(node.body, depth)]

    def inner(self, node: nodes.FilterBlock | nodes.Scope, depth: int) -> list[ir.Stmt]:
        return self.body(node.body, depth)

    def evaluated(self, node: nodes.ExprStmt, _depth: int) -> list[ir.Stmt]:
        return [ir.Evaluate(*place_of(self.page, node), expression(self.page, node.node))]

    def _assign(self, target: nodes.Node, value: ir.Expr, place: tuple[int, int]) -> ir.Stmt:
        return ir.Assign(*place, [self._target(target, *place)], value)

    def _target(self, target: nodes.Node, start: int, end: int) -> ir.Expr:
        if isinstance(target, nodes.Name):
            return ir.Name(start, end, target.name)
        if isinstance(target, nodes.NSRef):
            return ir.Attr(start, end, ir.Name(start, end, target.name), target.attr)
        if isinstance(target, nodes.Tuple):
            items = [self._target(t, start, end) for t in target.items]
            return ir.Sequence(start, end, "tuple", items)
        return ir.Opaque(start, end, [])

    def output(self, node: nodes.Output, _depth: int) -> list[ir.Stmt]:
        found: list[ir.Stmt] = []
        for each in node.nodes:
            if isinstance(each, nodes.TemplateData):
                self.page.feed(each.data)
                continue
            start, end = self._around((each.lineno or 1) - 1)
            shown = parts(self.page, each, escapes=self.page.escapes)
            found += self.page.output(start, end, shown)
        return found

    def _around(self, place: int) -> tuple[int, int]:
        """Return where the expression that ``place`` is in begins and ends, its braces included."""
        text = self.page.text
        start, end = text.rfind("{{", 0, place + 1), text.find("}}", place)
        return (start if start >= 0 else place, end + 2 if end >= 0 else place + 1)

    def loop(self, node: nodes.For, depth: int) -> list[ir.Stmt]:
        start, end = place_of(self.page, node)
        iterable = expression(self.page, node.iter)
        target = self._target(node.target, start, end)
        body = self.body(node.body, depth)
        if node.test is not None:
            body = [ir.Branch(start, end, [(expression(self.page, node.test), body)], [])]
        otherwise = self.body(node.else_, depth)
        return [ir.Loop(start, end, target, iterable, None, body, otherwise)]

    def branch(self, node: nodes.If, depth: int) -> list[ir.Stmt]:
        start, end = place_of(self.page, node)
        arms = [(expression(self.page, node.test), self.body(node.body, depth))]
        arms += [
            (expression(self.page, other.test), self.body(other.body, depth))
            for other in node.elif_
        ]
        return [ir.Branch(start, end, arms, self.body(node.else_, depth))]

    def block(self, node: nodes.Block, depth: int) -> list[ir.Stmt]:
        page = self.page
        outer = page.reader
        known = self.parent_blocks.get(node.name)
        if known is not None:
            page.reader = known.copy()
        page.blocks.setdefault(node.name, page.reader.copy())
        body = self.body(node.body, depth)
        page.reader = outer if known is not None else page.reader
        return body

    def other(self, node: nodes.Extends | nodes.Include, _depth: int) -> list[ir.Stmt]:
        found: list[ir.Stmt] = []
        for name in _constants(node.template):
            other = self.page.load(name)
            if other is None:
                continue
            if isinstance(node, nodes.Extends):
                self.parent_blocks = other.blocks
                self.page.blocks = {**other.blocks, **self.page.blocks}
            found.append(self.page.call(other, (node.lineno or 1) - 1))
        return found

    def imported(self, node: nodes.Import | nodes.FromImport, _depth: int) -> list[ir.Stmt]:
        for name in _constants(node.template):
            other = self.page.load(name)
            if other is None:
                continue
            if isinstance(node, nodes.Import):
                for macro, function in other.macros.items():
                    self.page.bound[f"{node.target}.{macro}"] = self.page.callable(function)
                continue
            for each in node.names:
                macro, alias = each if isinstance(each, tuple) else (each, each)
                if macro in other.macros:
                    self.page.bound[alias] = self.page.callable(other.macros[macro])
        return []

    def macro(self, node: nodes.Macro, depth: int) -> list[ir.Stmt]:
        """Bind a macro as a function of its own, whose output is checked inside."""
        page = self.page
        outer, page.reader = page.reader, Reader()
        start, end = place_of(page, node)
        info = page.function(node.name, node.lineno)
        page.macros[node.name] = info
        page.bound[node.name] = page.callable(info)
        body = self.body(node.body, depth)
        page.reader = outer
        first = len(node.args) - len(node.defaults)
        parameters = [
            ir.Parameter(
                start, end, argument.name,
                expression(page, node.defaults[i - first]) if i >= first else None,
            )
            for i, argument in enumerate(node.args)
        ]  # fmt: skip
        info.lowered = ir.Function(start, end, info.name, 0, parameters, body)
        return []

    def modified(
        self, node: nodes.ScopedEvalContextModifier | nodes.EvalContextModifier, depth: int
    ) -> list[ir.Stmt]:
        page = self.page
        before = page.escapes
        for option in node.options:
            if option.key == "autoescape" and isinstance(option.value, nodes.Const):
                page.escapes = bool(option.value.value)
        if not isinstance(node, nodes.ScopedEvalContextModifier):
            return []
        body = self.body(node.body, depth)
        page.escapes = before
        return body


def _constants(node: nodes.Node) -> list[str]:
    """Return the names of files that a tag may mean."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, (nodes.List, nodes.Tuple)):
        return [name for item in node.items for name in _constants(item)][:4]
    if isinstance(node, nodes.CondExpr):
        return [*_constants(node.expr1), *(_constants(node.expr2) if node.expr2 else [])]
    return []


_TABLE: dict[type[nodes.Node], Callable[..., list[ir.Stmt]]] = {
    nodes.Output: _Lowering.output,
    nodes.For: _Lowering.loop,
    nodes.If: _Lowering.branch,
    nodes.Block: _Lowering.block,
    nodes.Extends: _Lowering.other,
    nodes.Include: _Lowering.other,
    nodes.Import: _Lowering.imported,
    nodes.FromImport: _Lowering.imported,
    nodes.Macro: _Lowering.macro,
    nodes.ScopedEvalContextModifier: _Lowering.modified,
    nodes.EvalContextModifier: _Lowering.modified,
    nodes.Assign: _Lowering.assigned,
    nodes.AssignBlock: _Lowering.assigned_block,
    nodes.With: _Lowering.with_,
    nodes.CallBlock: _Lowering.called,
    nodes.FilterBlock: _Lowering.inner,
    nodes.Scope: _Lowering.inner,
    nodes.ExprStmt: _Lowering.evaluated,
}
