"""How a right patch is spoilt: edits of the syntax tree where the patch has changed the file."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Parents = dict[ast.AST, ast.AST]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """One way to spoil a file."""

    kind: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A patched file, and the lines that its patch has changed."""

    text: str
    lines: frozenset[int]

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Return where a node stands in the text, in characters."""
        return self._at(node.lineno, node.col_offset), self._at(
            node.end_lineno or node.lineno, node.end_col_offset or 0
        )

    def of(self, node: ast.expr | ast.stmt) -> str:
        """Return a node's text."""
        start, end = self.span(node)
        return self.text[start:end]

    def put(self, node: ast.expr | ast.stmt, new: str) -> str:
        """Return the file with other text for a node."""
        start, end = self.span(node)
        return self.text[:start] + new + self.text[end:]

    def _at(self, line: int, column: int) -> int:
        rows = self.text.splitlines(keepends=True)
        before = rows[line - 1].encode()[:column].decode()
        return sum(map(len, rows[: line - 1])) + len(before)


OTHER_CALLS = {
    "realpath": ("abspath", "normpath", "expanduser"),
    "resolve": ("absolute",),
    "commonpath": ("commonprefix",),
    "is_relative_to": ("__eq__", "match"),
    "safe_join": ("os.path.join",),
    "literal_eval": ("parse",),
    "ast.literal_eval": ("eval",),
    "shlex.quote": ("str", "repr", "ascii"),
    "shlex.join": ("' '.join",),
    "escape": ("str", "repr"),
    "html.escape": ("str", "__import__('urllib.parse').parse.quote_plus"),
    "yaml.safe_load": ("yaml.unsafe_load", "yaml.full_load"),
    "hashlib.sha256": ("hashlib.md5", "hashlib.sha1"),
    "hashlib.sha512": ("hashlib.md5", "hashlib.sha1"),
    "secrets.choice": ("random.choice",),
    "random.SystemRandom": ("random.Random",),
    "re.fullmatch": ("re.match", "re.search"),
    "archive.extract": ("archive.extractall",),
    "all": ("any",),
    "any": ("all",),
}
OTHER_NAMES = {
    "yaml.SafeLoader": ("yaml.UnsafeLoader", "yaml.Loader"),
    "hashlib.sha256": ("hashlib.md5", "hashlib.sha1"),
    "tarfile.data_filter": ("tarfile.fully_trusted_filter", "tarfile.tar_filter"),
}
OTHER_TEXTS = {"data": ("fully_trusted", "tar"), "/": ("\\\\",), "'": ('"',), "''": ("\\'",)}
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.NotEq: "==", ast.Eq: "!=", ast.In: "not in", ast.NotIn: "in", ast.Is: "is not",
    ast.IsNot: "is", ast.Lt: ">", ast.Gt: "<",
}  # fmt: skip


def spoilt(source: Source) -> Iterator[Spoilt]:
    """Yield every way to spoil a patched file, in the order of the file."""
    tree = ast.parse(source.text)
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr | ast.stmt) or node.lineno not in source.lines:
            continue
        for operator in OPERATORS:
            for number, (kind, text) in enumerate(operator(source, node)):
                label = f"{operator.__name__}-{node.lineno}-{node.col_offset}-{number}"
                yield Spoilt(kind=kind, label=label.replace("_", "-"), text=text)


def condition(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Negate a condition, or make it never or hardly ever true."""
    if not isinstance(node, ast.If | ast.IfExp | ast.While):
        return
    test = node.test
    yield "condition negated", source.put(test, f"not ({source.of(test)})")
    yield "condition never true", source.put(test, f"False and ({source.of(test)})")
    yield (
        "condition weakened",
        source.put(test, f"__debug__ is None or ({source.of(test)}) is None"),
    )
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield "condition negated", source.put(test, source.of(test.operand))


def part_of_condition(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Leave out one side of an ``and`` or ``or``, or swap the word."""
    if not isinstance(node, ast.BoolOp):
        return
    word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left_out in range(len(node.values)):
        kept = [source.of(one) for place, one in enumerate(node.values) if place != left_out]
        yield "part of a condition dropped", source.put(node, f"({f' {word} '.join(kept)})")
    whole = f" {other} ".join(f"({source.of(one)})" for one in node.values)
    yield "condition weakened", source.put(node, f"({whole})")


def comparison(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Turn a comparison round."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return
    other = COMPARISONS.get(type(node.ops[0]))
    if other:
        text = f"{source.of(node.left)} {other} {source.of(node.comparators[0])}"
        yield "condition negated", source.put(node, text)


def refusal(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Take a ``raise`` or a guard's ``return`` away."""
    if isinstance(node, ast.Raise):
        yield "refusal removed", source.put(node, "pass")
        yield "refusal removed", source.put(node, "print('refused')")


def whole_statement(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Take a statement away."""
    if isinstance(node, ast.If | ast.Expr | ast.For | ast.AugAssign):
        yield "edit dropped", source.put(node, "pass")
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        names = {one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)}
        if isinstance(target, ast.Name) and target.id in names:
            yield "edit dropped", source.put(node, "pass")


def other_call(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Call another function than the one that makes a value harmless."""
    if not isinstance(node, ast.Call):
        return
    full = source.of(node.func)
    for known in (full, full.rpartition(".")[2]):
        for other in OTHER_CALLS.get(known, ()):
            written = other if known == full else f"{full.rpartition('.')[0]}.{other}"
            yield "sanitizer replaced", source.put(node.func, written)


def unwrapped(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Leave a call out: its argument, or what its method was called on, stands alone."""
    if not isinstance(node, ast.Call):
        return
    for argument in node.args:
        if not isinstance(argument, ast.Starred):
            yield "sanitizer dropped", source.put(node, source.of(argument))
    if isinstance(node.func, ast.Attribute):
        yield "sanitizer dropped", source.put(node, source.of(node.func.value))


def argument(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Leave an argument of a call out."""
    if not isinstance(node, ast.Call):
        return
    given = [source.of(one) for one in node.args]
    named = [f"{one.arg}={source.of(one.value)}" for one in node.keywords if one.arg]
    for left_out in range(len(given) + len(named)):
        kept = [one for place, one in enumerate([*given, *named]) if place != left_out]
        yield "argument dropped", source.put(node, f"{source.of(node.func)}({', '.join(kept)})")


def constant(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Change a constant."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield "constant changed", source.put(node, str(not value))
    elif isinstance(value, int):
        for number in (value + 1, value - 1, 0):
            yield "constant changed", source.put(node, str(number))
    elif isinstance(value, str):
        for other in (*OTHER_TEXTS.get(value, ()), "", value + "/", value.upper(), value[:-1]):
            if other != value and source.of(node)[:1] in "'\"":
                yield "constant changed", source.put(node, repr(other))


def other_name(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Name another value."""
    if isinstance(node, ast.Attribute):
        for other in OTHER_NAMES.get(source.of(node), ()):
            yield "sanitizer replaced", source.put(node, other)


def element(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Leave an element of a list, tuple or set out, or add nothing to what is allowed."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set) and len(node.elts) > 1:
        for left_out in range(len(node.elts)):
            kept = [source.of(one) for place, one in enumerate(node.elts) if place != left_out]
            pair = {"List": "[]", "Set": "{}"}.get(type(node).__name__, "()")
            yield "element dropped", source.put(node, f"{pair[0]}{', '.join(kept)},{pair[1]}")


def pattern(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Loosen a pattern."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)):
        return
    written = source.of(node)
    if not written.lower().startswith(("r", "br")):
        return
    for old, new in (
        ("[^", "[\\s\\S^"),
        (")*", ")*?"),
        ("]*", ".]*"),
        ("\\w", "\\S"),
        ("[", "[\\s;'\"$("),
    ):
        if old in written:
            yield "pattern loosened", source.put(node, written.replace(old, new, 1))


def moved(source: Source, node: ast.AST) -> Iterator[tuple[str, str]]:
    """Put a check behind the statement that follows it."""
    if not isinstance(node, ast.FunctionDef | ast.With | ast.For | ast.If):
        return
    for first, second in zip(node.body, node.body[1:], strict=False):
        if isinstance(first, ast.If) and first.lineno in source.lines:
            start, _ = source.span(first)
            _, end = source.span(second)
            indent = " " * first.col_offset
            text = f"{source.of(second)}\n{indent}{source.of(first)}"
            if not isinstance(second, ast.Return):
                yield "check after use", source.text[:start] + text + source.text[end:]


OPERATORS: tuple[Callable[[Source, ast.AST], Iterator[tuple[str, str]]], ...] = (
    condition, part_of_condition, comparison, refusal, whole_statement, other_call, unwrapped,
    argument, constant, other_name, element, pattern, moved,
)  # fmt: skip
