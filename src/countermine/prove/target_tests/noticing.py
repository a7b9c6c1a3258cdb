"""Whether the target's tests look at what a question finds: they are run with nothing found."""

# typing.override is younger than the oldest Python that this runs on.
# mypy: disable-error-code="explicit-override"

import ast
from pathlib import Path

from countermine.core.environment import TestPlan
from countermine.prove.records import UsableTests
from countermine.prove.target_tests.parts import run_known
from countermine.prove.trees import private_tree
from countermine.prove.trial import Trial

_MANY = frozenset({"fetchall", "fetchmany", "all", "scalars", "xpath", "fetch"})
_ONE = frozenset({"fetchone", "first", "one", "one_or_none", "scalar", "fetchrow", "fetchval"})


def looks_at_answers(trial: Trial) -> bool:
    """Tell whether a test fails that passed, once the sink's function finds nothing."""
    known, plan = trial.ground.tests, trial.environment.tests
    witness = trial.claim.witness
    if not isinstance(known, UsableTests) or witness.sink_path is None:
        return False
    plan = known.plan or plan
    text = (trial.original / witness.sink_path).read_bytes()
    emptied = without_answers(text, witness.sink_function or "")
    if not isinstance(plan, TestPlan) or emptied is None:
        return False
    setting = trial.setting
    with private_tree(setting.root, setting.options) as tree:
        Path(tree, witness.sink_path).write_bytes(emptied)
        run = run_known(setting, trial.environment, plan, tree, known)
    now = run.outcomes()
    return any(test in now and not now[test].good for test in known.stable)


def without_answers(text: bytes, function: str) -> bytes | None:
    """Return a module whose function asks as before and finds nothing.

    Returns:
        The module, ``None`` where it cannot be told what the function finds.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    name = function.rpartition(".")[2]
    for made in (_Fetched, _Gone, _Returned):
        emptied = made()
        for node in ast.walk(tree):
            named = getattr(node, "name", None) == name
            if named and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                node.body = [emptied.visit(one) for one in node.body]
        if emptied.changed:
            return ast.unparse(ast.fix_missing_locations(tree)).encode()
    return None


class _Emptying(ast.NodeTransformer):
    changed = False

    def nothing(self, node: ast.expr, what: ast.expr) -> ast.expr:
        """Return an expression that does what another does, and gives something else."""
        self.changed = True
        both = ast.Tuple(elts=[node, what], ctx=ast.Load())
        return ast.Subscript(value=both, slice=ast.Constant(value=1), ctx=ast.Load())


class _Fetched(_Emptying):
    """Empties what is fetched by name."""

    def visit_Await(self, node: ast.Await) -> ast.expr:
        """Empty what is waited for."""
        what = _nothing_of(node.value)
        return node if what is None else self.nothing(node, what)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Empty what a call gives."""
        self.generic_visit(node)
        what = _nothing_of(node)
        return node if what is None else self.nothing(node, what)


class _Gone(_Emptying):
    """Empties what is gone through."""

    def visit_For(self, node: ast.For) -> ast.For:
        """Go through nothing."""
        self.generic_visit(node)
        node.iter = self.nothing(node.iter, ast.List(elts=[], ctx=ast.Load()))
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        """Go through nothing."""
        self.generic_visit(node)
        node.iter = self.nothing(node.iter, ast.List(elts=[], ctx=ast.Load()))
        return node


class _Returned(_Emptying):
    """Empties what is given back."""

    def visit_Return(self, node: ast.Return) -> ast.Return:
        """Give nothing back."""
        if node.value is not None:
            node.value = self.nothing(node.value, ast.Constant(value=None))
        return node


def _nothing_of(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) if name in _MANY:
            return ast.List(elts=[], ctx=ast.Load())
        case ast.Call(func=ast.Attribute(attr=name)) if name in _ONE:
            return ast.Constant(value=None)
        case _:
            return None
