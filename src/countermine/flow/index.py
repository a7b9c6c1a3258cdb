"""The modules of a target: what each binds at its top level, found without looking inside."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from tree_sitter import Node

from countermine.core.spans import TreePath
from countermine.flow import ir, lower_python
from countermine.flow.lowering import Lowering, expression
from countermine.flow.module_names import ModuleNames
from countermine.syntax.python import ParsedFile, parse

TREES_KEPT_BYTES = 8 << 20
"""Text of the files whose trees are held at once: a tree takes some ten times that room."""
_COMPOUND = frozenset(
    {
        "if_statement", "elif_clause", "else_clause", "try_statement", "except_clause",
        "finally_clause", "with_statement", "block", "for_statement", "while_statement", "ERROR",
    }
)  # fmt: skip
MODULE_BODY = "<module>"


@dataclass(slots=True, eq=False)
class ValueRange:
    """A value assigned at the top level of a module or class, by its place."""

    start: int
    end: int
    whole: bool
    """False where the name gets only a part of the value, by unpacking or a loop."""
    annotation: tuple[int, int] | None = None


@dataclass(slots=True, eq=False)
class FunctionInfo:
    """A function at the top level of a module or class; those inside belong to their outer one."""

    module: "ModuleInfo"
    name: str
    qualname: str
    owner: "ClassInfo | None"
    start: int
    end: int
    line: int
    decorators: tuple[ir.Expr, ...] = ()
    lowered: ir.Function | None = None


class Around(Protocol):
    """Where a class stands that is defined inside a function."""

    @property
    def bases(self) -> "tuple[ClassInfo | str, ...]":
        """Its bases, which may be variables of the function."""
        ...


@dataclass(slots=True, eq=False)
class ClassInfo:
    """A class of the target."""

    module: "ModuleInfo"
    name: str
    qualname: str
    start: int
    end: int
    bases: tuple[ir.Expr, ...] = ()
    methods: dict[str, FunctionInfo] = field(default_factory=dict)
    setters: list[FunctionInfo] = field(default_factory=list)
    """Further functions of a name that is taken, such as property setters."""
    values: dict[str, list[ValueRange]] = field(default_factory=dict)
    declared: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Where the annotations of its fields stand, in the order of the fields."""
    decorators: tuple[ir.Expr, ...] = ()
    around: Around | None = None
    """Where it stands, if that is inside a function."""


Binding: TypeAlias = ir.Imported | FunctionInfo | ClassInfo | ValueRange


@dataclass(slots=True, eq=False)
class ModuleInfo:
    """One file as a module."""

    path: TreePath
    name: str
    package: str
    """What a relative import of level 1 starts from."""
    text: bytes
    counts: bool
    """Its sinks and sources count; false for tests and the like."""
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[ir.Imported] = field(default_factory=list)
    imports: frozenset[str] | None = None
    """Absolute names that it imports, and those of packages around; found when first asked for."""
    functions: list[FunctionInfo] = field(default_factory=list)
    classes: list[ClassInfo] = field(default_factory=list)
    body: FunctionInfo | None = None
    deep: bool = False
    errors: bool = False


class Project:
    """Every module of the target, parsed when first asked for."""

    def __init__(
        self,
        files: Iterable[tuple[TreePath, bool]],
        read: Callable[[TreePath], bytes | None],
        nesting: int,
        names: ModuleNames | None = None,
    ) -> None:
        """Know the files (each with whether it counts); ``read`` gives a file's bytes."""
        self._read = read
        self._counts = dict(files)
        self.nesting = nesting
        self.names = ModuleNames(self._counts) if names is None else names
        """The dotted names of the files."""
        self._modules: dict[TreePath, ModuleInfo | None] = {}
        self._sorted: list[ModuleInfo] = []
        self._sorted_at = 0
        self._held_bytes = 0
        self._trees: OrderedDict[TreePath, ParsedFile] = OrderedDict()

    def afresh(self) -> "Project":
        """Return the same project with nothing parsed: what others asked for changes nothing."""
        return Project(self._counts.items(), self._read, self.nesting, self.names)

    def module(self, path: TreePath) -> ModuleInfo | None:
        """Return the module at a path; ``None`` if it cannot be read."""
        if path not in self._modules:
            text = self._read(path)
            self._modules[path] = None if text is None else self._index(path, text)
        return self._modules[path]

    def adopt(self, module: ModuleInfo) -> None:
        """Know one more file, which is no module of its own: a template."""
        self._modules[module.path] = module
        self._sorted_at = 0

    def counts(self, path: TreePath) -> bool:
        """Tell whether the sources and sinks of a file count."""
        return self._counts.get(path, False)

    def parsed(self) -> list[ModuleInfo]:
        """Return the modules that were parsed so far, in path order."""
        if len(self._modules) != self._sorted_at:
            self._sorted_at = len(self._modules)
            self._sorted = [m for _, m in sorted(self._modules.items()) if m is not None]
        return self._sorted

    def named(self, name: str, near: ModuleInfo | None = None) -> ModuleInfo | None:
        """Return the module of a dotted name, as seen from ``near``."""
        path = self.names.file(name, None if near is None else near.path)
        if path is None and near is not None:
            folder = near.path.rpartition("/")[0]
            stem = TreePath("/".join([*filter(None, [folder]), name.replace(".", "/")]))
            for candidate in (TreePath(f"{stem}.py"), TreePath(f"{stem}/__init__.py")):
                if candidate in self._counts:
                    path = candidate
                    break
        return None if path is None else self.module(path)

    def tree(self, module: ModuleInfo) -> ParsedFile:
        """Return a module's tree, parsed again if it was let go."""
        found = self._trees.get(module.path)
        if found is None:
            found = parse(module.text)
            self._trees[module.path] = found
            self._held_bytes += len(module.text)
            while self._held_bytes > TREES_KEPT_BYTES and len(self._trees) > 1:
                _, dropped = self._trees.popitem(last=False)
                self._held_bytes -= len(dropped.text)
        else:
            self._trees.move_to_end(module.path)
        return found

    def _index(self, path: TreePath, text: bytes) -> ModuleInfo:
        name = self.names.of(path)
        package = name if path.endswith("__init__.py") else name.rpartition(".")[0]
        module = ModuleInfo(path, name, package, text, self._counts[path])
        tree = self.tree(module)
        module.errors = tree.has_errors
        low = Lowering(text, self.nesting)
        module.body = FunctionInfo(module, MODULE_BODY, MODULE_BODY, None, 0, len(text), 0)
        _Indexer(module, low).walk(tree.root.named_children, None, "", 0)
        module.deep = low.deep
        return module

    def lowered(self, function: FunctionInfo) -> ir.Function:
        """Return a function in the intermediate form, lowered when first asked for."""
        if function.lowered is None:
            module = function.module
            root = self.tree(module).root
            low = Lowering(module.text, self.nesting)
            if function.name == MODULE_BODY:
                body = lower_python.statements(low, root.named_children)
                function.lowered = ir.Function(0, len(module.text), MODULE_BODY, 0, [], body)
            else:
                node = _function_node(root, function.start, function.end)
                function.lowered = (
                    lower_python.function(low, node)
                    if node is not None
                    else ir.Function(function.start, function.end, function.name, 0, [], [])
                )
            module.deep = module.deep or low.deep
        return function.lowered

    def local_class(
        self, module: ModuleInfo, place: tuple[int, int], prefix: str
    ) -> ClassInfo | None:
        """Return the class at a place inside a function, which the module does not bind."""
        node = self.tree(module).root.descendant_for_byte_range(*place)
        while node is not None and node.type != "class_definition":
            node = node.parent
        if node is None or node.start_byte != place[0]:
            return None
        indexer = _Indexer(module, Lowering(module.text, self.nesting), listed=False)
        return indexer.read_class(node, prefix, None, 0)

    def value(self, module: ModuleInfo, start: int, end: int) -> ir.Expr | None:
        """Return the expression at a place of a module's top level."""
        node = self.tree(module).root.descendant_for_byte_range(start, end)
        if node is None or node.start_byte != start or node.end_byte != end:
            return None
        return expression(Lowering(module.text, self.nesting), node)


def _function_node(root: Node, start: int, end: int) -> Node | None:
    node = root.descendant_for_byte_range(start, end)
    while node is not None and node.type != "function_definition":
        if node.start_byte < start:
            return None
        node = node.parent
    return node


class _Indexer:
    """Reads the top level of a module, and of its classes."""

    def __init__(self, module: ModuleInfo, low: Lowering, *, listed: bool = True) -> None:
        self.module = module
        self.low = low
        self.listed = listed
        """What is found is the module's."""

    def walk(self, nodes: Iterable[Node], owner: ClassInfo | None, prefix: str, depth: int) -> None:
        if depth > self.low.limit:
            self.low.deep = True
            return
        for node in nodes:
            kind = node.type
            if kind == "expression_statement":
                self._expression(node, owner)
            elif kind == "function_definition":
                self._function(node, (), owner, prefix)
            elif kind == "class_definition":
                self.read_class(node, prefix, owner, depth)
            elif kind == "decorated_definition":
                self._decorated(node, owner, prefix, depth)
            elif kind in ("import_statement", "import_from_statement"):
                self._import(node, owner)
            elif kind in _COMPOUND:
                if kind == "for_statement":
                    self._loop(node, owner)
                self.walk(node.named_children, owner, prefix, depth + 1)

    def _bind(self, name: str, binding: Binding, owner: ClassInfo | None) -> None:
        if owner is not None:
            if isinstance(binding, ValueRange):
                owner.values.setdefault(name, []).append(binding)
        elif self.listed:
            self.module.bindings.setdefault(name, []).append(binding)

    def _import(self, node: Node, owner: ClassInfo | None) -> None:
        for name in lower_python.imported(self.low, node):
            if name.attribute == "*":
                self.module.stars.append(name)
            else:
                self._bind(name.name, name, owner)

    def _decorated(self, node: Node, owner: ClassInfo | None, prefix: str, depth: int) -> None:
        definition = node.child_by_field_name("definition")
        if definition is None:
            return
        decorators = tuple(
            expression(self.low, child.named_children[0])
            for child in node.named_children
            if child.type == "decorator" and child.named_children
        )
        if definition.type == "class_definition":
            found = self.read_class(definition, prefix, owner, depth)
            if found is not None:
                found.decorators = decorators
            return
        self._function(definition, decorators, owner, prefix)

    def _function(
        self, node: Node, decorators: tuple[ir.Expr, ...], owner: ClassInfo | None, prefix: str
    ) -> None:
        named = node.child_by_field_name("name")
        if named is None:
            return
        name = self.low.slice(named)
        info = FunctionInfo(
            self.module,
            name,
            prefix + name,
            owner,
            node.start_byte,
            node.end_byte,
            node.start_point.row + 1,
            decorators,
        )
        if self.listed:
            self.module.functions.append(info)
        if owner is None:
            self._bind(name, info, None)
        elif name in owner.methods:
            owner.setters.append(info)
        else:
            owner.methods[name] = info

    def read_class(
        self, node: Node, prefix: str, owner: ClassInfo | None, depth: int
    ) -> ClassInfo | None:
        named = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        if named is None:
            return None
        name = self.low.slice(named)
        listed = node.child_by_field_name("superclasses")
        bases = (
            ()
            if listed is None
            else tuple(
                expression(self.low, child)
                for child in listed.named_children
                if child.type not in ("keyword_argument", "comment")
            )
        )
        info = ClassInfo(self.module, name, prefix + name, node.start_byte, node.end_byte, bases)
        if self.listed:
            self.module.classes.append(info)
        if owner is None:
            self._bind(name, info, None)
        if body is not None:
            self.walk(body.named_children, info, prefix + name + ".", depth + 1)
        return info

    def _expression(self, node: Node, owner: ClassInfo | None) -> None:
        for child in node.named_children:
            if child.type == "assignment":
                self._assignment(child, owner)

    def _assignment(self, node: Node, owner: ClassInfo | None) -> None:
        targets: list[Node] = []
        annotation: tuple[int, int] | None = None
        current: Node | None = node
        while current is not None and current.type == "assignment":
            left = current.child_by_field_name("left")
            if left is not None:
                targets.append(left)
            noted = current.child_by_field_name("type")
            if noted is not None:
                annotation = (noted.start_byte, noted.end_byte)
            current = current.child_by_field_name("right")
        if owner is not None and annotation is not None and targets[0].type == "identifier":
            owner.declared.setdefault(self.low.slice(targets[0]), annotation)
        if current is None:
            return
        start, end = current.start_byte, current.end_byte
        for target in targets:
            self._targets(target, start, end, annotation, owner)

    def _targets(
        self,
        target: Node,
        start: int,
        end: int,
        annotation: tuple[int, int] | None,
        owner: ClassInfo | None,
    ) -> None:
        if target.type == "identifier":
            binding = ValueRange(start, end, whole=True, annotation=annotation)
            self._bind(self.low.slice(target), binding, owner)
        elif target.type in ("pattern_list", "tuple_pattern", "list_pattern"):
            for child in target.named_children:
                if child.type == "identifier":
                    binding = ValueRange(start, end, whole=False)
                    self._bind(self.low.slice(child), binding, owner)

    def _loop(self, node: Node, owner: ClassInfo | None) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and left.type == "identifier":
            binding = ValueRange(right.start_byte, right.end_byte, whole=False)
            self._bind(self.low.slice(left), binding, owner)
