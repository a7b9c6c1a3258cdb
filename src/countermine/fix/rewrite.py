"""A rewrite in the making: changes to one file, with imports and helpers, made into a patch."""

import ast
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import libcst as cst

from countermine.core.errors import EditConflictError
from countermine.core.findings import Finding
from countermine.core.knowledge import NamedRemedy, NoRemedy
from countermine.core.patches import Edit, Patch, PatchOrigin, apply
from countermine.core.spans import Span, TreePath
from countermine.fix.imports import Splice, Wanted, head_of, helper_splice, import_splices
from countermine.fix.scopes import ImportBinding, Scope, statement_index
from countermine.fix.site import MisfitError, Site, locate
from countermine.fix.source import SourceText

_WORD = re.compile(r"\w")
_MANY_BLANK_LINES = re.compile(r"\n{4,}")


@dataclass(slots=True, kw_only=True)
class Draft:
    """Changes to the file of a finding; ``replace`` and its like collect them."""

    site: Site
    splices: list[Splice] = field(default_factory=list)
    imports: list[Wanted] = field(default_factory=list)
    helpers: list[tuple[str, str]] = field(default_factory=list)

    def replace(self, node: cst.CSTNode, text: str) -> None:
        """Put ``text`` in the place of a node and of the parentheses around it."""
        self.splices.append((*self.site.tree.outer_range(node), text))

    def insert(self, offset: int, text: str) -> None:
        """Put ``text`` at an offset."""
        self.splices.append((offset, offset, text))

    def delete(self, start: int, end: int) -> None:
        """Take a range away."""
        self.splices.append((start, end, ""))

    def wrap(self, node: cst.CSTNode, before: str, after: str) -> None:
        """Put text before and after a node."""
        inside = self.site.tree.slice(*self.site.tree.range(node))
        self.replace(node, before + inside + after)

    def set_keyword(self, call: cst.Call, name: str, value: str) -> None:
        """Give a keyword argument a value, adding the argument where it is not there."""
        for arg in call.args:
            if arg.keyword is not None and arg.keyword.value == name:
                self.replace(arg.value, value)
                return
        self.add_argument(call, f"{name}={value}")

    def add_argument(self, call: cst.Call, text: str) -> None:
        """Add an argument behind the last one, in the style of the call's layout."""
        tree = self.site.tree
        if not call.args:
            end = tree.range(call)[1] - 1
            self.insert(end, text)
            return
        last = call.args[-1]
        start, end = tree.outer_range(last)
        if not isinstance(last.comma, cst.Comma):
            own_line = self._own_line(start) and len(call.args) > 1
            self.insert(end, (",\n" + tree.indent_at(start) if own_line else ", ") + text)
            return
        comma_end = tree.range(last.comma)[1]
        if self._own_line(start):
            self.insert(comma_end, "\n" + tree.indent_at(start) + text + ",")
        else:
            self.insert(comma_end, " " + text + ",")

    def _own_line(self, start: int) -> bool:
        return not self.site.tree.slice(self.site.tree.line_start(start), start).strip()

    def remove_argument(self, call: cst.Call, arg: cst.Arg) -> None:
        """Take an argument away with the comma that belongs to it."""
        tree, index = self.site.tree, list(call.args).index(arg)
        start, end = tree.outer_range(arg)
        if index + 1 < len(call.args):
            self.delete(start, tree.outer_range(call.args[index + 1])[0])
        elif index:
            self.delete(tree.outer_range(call.args[index - 1])[1], end)
        else:
            comma = arg.comma
            self.delete(start, tree.range(comma)[1] if isinstance(comma, cst.Comma) else end)

    def module(self, name: str) -> str:
        """Return how to write a module here, importing it where that is not done yet."""
        return self._import(Wanted(module=name), self.site.scopes)

    def name(self, module: str, name: str) -> str:
        """Return how to write a member of a module here, importing it where needed."""
        as_module = self._visible(module, self.site.scopes)
        if as_module is not None:
            return f"{as_module}.{name}"
        return self._import(Wanted(module=module, name=name), self.site.scopes)

    def member(self, module: str, name: str) -> str:
        """Return how to write a member of a module here, by way of the module."""
        imported = self._visible(f"{module}.{name}", self.site.scopes)
        return imported or f"{self.module(module)}.{name}"

    def module_in_helper(self, name: str) -> str:
        """Return how to write a module inside a helper function of the module."""
        return self._import(Wanted(module=name), self.site.scopes[:1])

    def helper(self, name: str, source: str) -> str:
        """Return the name of a helper function, adding it where the module has no such one.

        Args:
            name: The name it should have.
            source: The function, indented by four blanks, with ``name`` as its name.
        """
        tree = self.site.tree
        source = source.strip("\n") + "\n"
        if tree.module.default_indent != "    ":
            source = re.sub(
                r"^(?: {4})+",
                lambda found: tree.module.default_indent * (len(found.group()) // 4),
                source,
                flags=re.MULTILINE,
            )
        candidate, number = name, 1
        while True:
            text = re.sub(rf"\b{name}\b", candidate, source)
            if any(text == other for _, other in self.helpers):
                return candidate
            there = self._defined(candidate)
            if there is not None and there.split() == text.split():
                return candidate
            if not any(scope.binds(candidate) for scope in self.site.scopes):
                self.helpers.append((candidate, text))
                return candidate
            number += 1
            candidate = f"{name}_{number}"

    def _defined(self, name: str) -> str | None:
        tree, index = self.site.tree, statement_index(self.site.tree, self.site.chain)
        inside_function = self.site.function is not None
        for position, statement in enumerate(tree.module.body):
            if (
                isinstance(statement, cst.FunctionDef | cst.ClassDef)
                and statement.name.value == name
                and (position < index or inside_function)
            ):
                return tree.slice(*tree.range(statement))
        return None

    def _import(self, wanted: Wanted, scopes: tuple[Scope, ...]) -> str:
        full = wanted.module if wanted.name is None else f"{wanted.module}.{wanted.name}"
        visible = self._visible(full, scopes)
        if visible is not None:
            return visible
        plain = wanted.name or wanted.module
        first = plain.partition(".")[0]
        for one in self.imports:
            if (one.module, one.name) == (wanted.module, wanted.name):
                return one.alias or plain
        taken = any(self._bound_otherwise(scope, first, full) for scope in self.site.scopes)
        if taken:
            alias = "_" + plain.replace(".", "_")
            self.imports.append(Wanted(module=wanted.module, name=wanted.name, alias=alias))
            return alias
        self.imports.append(wanted)
        return plain

    @staticmethod
    def _bound_otherwise(scope: Scope, local: str, full: str) -> bool:
        if not scope.binds(local):
            return False
        meaning = scope.meaning(local)
        if isinstance(scope.node, cst.Module):
            return meaning not in {full, full.partition(".")[0]}
        return True

    def _visible(self, full: str, scopes: tuple[Scope, ...]) -> str | None:
        """Return how something that is imported already is written, where that is certain."""
        for position, scope in enumerate(scopes):
            for bound in scope.imports:
                if bound.target != full or not self._reaches(bound, scope):
                    continue
                hidden = any(inner.binds(bound.local) for inner in scopes[position + 1 :])
                if scope.meaning(bound.local) is not None and not hidden:
                    return bound.expression
        return None

    def _reaches(self, bound: ImportBinding, scope: Scope) -> bool:
        tree, site = self.site.tree, self.site
        if isinstance(scope.node, cst.Module):
            head = head_of(tree, statement_index(tree, site.chain))
            return bound.top_level and any(bound.statement in line.body for _, line in head.imports)
        block = scope.node.body if isinstance(scope.node, cst.FunctionDef) else None
        lines = block.body if isinstance(block, cst.IndentedBlock) else ()
        direct = any(
            isinstance(line, cst.SimpleStatementLine) and bound.statement in line.body
            for line in lines
        )
        return direct and tree.range(bound.statement)[0] < tree.range(site.node)[0]

    def finish(self, *, author: str, summary: str) -> Patch | NoRemedy:
        """Make the patch, after checking that the file still parses with it."""
        tree = self.site.tree
        head = head_of(tree, statement_index(tree, self.site.chain))
        added = import_splices(head, self.imports)
        if self.helpers:
            added.append(helper_splice(head, "\n\n".join(text for _, text in self.helpers)))
        if len(added) > 1:
            added = [(s, e, _MANY_BLANK_LINES.sub("\n\n\n", text)) for s, e, text in _joined(added)]
        splices = _joined([*self.splices, *added])
        newline = tree.source.newline
        splices = [(s, e, re.sub(r"\r\n|\r|\n", newline, text)) for s, e, text in splices]
        splices = [_trimmed(tree.source, splice) for splice in splices]
        splices = _joined([(s, e, t) for s, e, t in splices if tree.slice(s, e) != t])
        return _as_patch(tree.source, splices, author=author, summary=summary)


def _joined(splices: list[Splice]) -> list[Splice]:
    """Order by place and make one of those that touch, in the order they were made."""
    out: list[Splice] = []
    for start, end, text in sorted(splices, key=lambda splice: splice[:2]):
        if out and start == out[-1][1]:
            out[-1] = (out[-1][0], end, out[-1][2] + text)
        else:
            out.append((start, end, text))
    return out


def _trimmed(source: SourceText, splice: Splice) -> Splice:
    """Leave out what stays the same at both ends, but keep words whole."""
    start, end, after = splice
    before = source.utf8[start:end].decode()
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    while head and _inside_word(before, after, head):
        head -= 1
    tail, most = 0, min(len(before), len(after)) - head
    while tail < most and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    while tail and _inside_word(before, after, -tail):
        tail -= 1
    start += len(before[:head].encode())
    end -= len(before[len(before) - tail :].encode())
    return start, end, after[head : len(after) - tail]


def _inside_word(before: str, after: str, cut: int) -> bool:
    return any(
        _WORD.match(text[cut - 1 : cut] or " ") and _WORD.match(text[cut:])
        for text in (before, after)
    )


def _as_patch(
    source: SourceText, splices: list[Splice], *, author: str, summary: str
) -> Patch | NoRemedy:
    if not splices:
        return NoRemedy(reason="the code is already as the remedy would make it")
    pieces: list[str] = []
    position = 0
    edits: list[Edit] = []
    for start, end, after in splices:
        if start < position:
            return NoRemedy(reason="the changes of the remedy overlap in this layout")
        pieces += [source.utf8[position:start].decode(), after]
        position = end
        span = Span(path=source.path, start_byte=source.to_raw(start), end_byte=source.to_raw(end))
        edits.append(Edit(span=span, before=source.utf8[start:end].decode(), after=after))
    text = "".join([*pieces, source.utf8[position:].decode()])
    problem = _broken(source.text, text)
    if problem is not None:
        return NoRemedy(reason=problem)
    refusal = NoRemedy(reason=f"the change cannot be written in {source.encoding}")
    try:
        patch = Patch(edits=tuple(edits), origin=PatchOrigin.REMEDY, author=author, summary=summary)
        done = apply(patch, {source.path: source.to_bytes(source.text)})[source.path]
    except (EditConflictError, UnicodeEncodeError):
        return refusal
    return patch if done == source.to_bytes(text) else refusal


def _broken(before: str, after: str) -> str | None:
    """Say why a rewritten text is not Python any more, if it is not."""
    try:
        cst.parse_module(after)
    except (cst.ParserSyntaxError, cst.CSTValidationError):
        return "the rewritten file would not parse"
    if _compiles(before) and not _compiles(after):
        return "the rewritten file would not compile"
    return None


def _compiles(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return False
    return True


Plan = Callable[[Site, Draft], str | NoRemedy]
"""Looks at a site and drafts the changes; returns the patch's summary, or why it does not fit.

May raise ``MisfitError`` for the same.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """A remedy made of a plan; can be sent to a worker process, since plans are functions."""

    name: str
    plan: Plan
    along_trace: bool = False
    """Whether the plan may fit at an earlier step of the trace when it does not at the sink."""

    def __call__(self, finding: Finding, texts: Mapping[TreePath, bytes]) -> Patch | NoRemedy:
        """Propose a patch."""
        first = self._at(finding, texts, finding.location)
        if isinstance(first, Patch) or not self.along_trace:
            return first
        tried = {finding.location}
        for step in reversed(finding.trace):
            if step.span not in tried and step.span.path in texts:
                tried.add(step.span)
                other = self._at(finding, texts, step.span)
                if isinstance(other, Patch):
                    return other
        return first

    def _at(
        self, finding: Finding, texts: Mapping[TreePath, bytes], place: Span
    ) -> Patch | NoRemedy:
        site = locate(finding, texts, place)
        if isinstance(site, NoRemedy):
            return site
        draft = Draft(site=site)
        try:
            summary = self.plan(site, draft)
        except MisfitError as misfit:
            return NoRemedy(reason=str(misfit))
        if isinstance(summary, NoRemedy):
            return summary
        return draft.finish(author=self.name, summary=summary)


def remedy(name: str, plan: Plan, *, along_trace: bool = False) -> NamedRemedy:
    """Return the remedy that carries out a plan."""
    rewriting = Rewriting(name=name, plan=plan, along_trace=along_trace)
    return NamedRemedy(name=name, propose=rewriting)
