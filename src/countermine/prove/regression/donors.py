"""A regression test that lets a test of the target do its set-up, and replaces one argument.

See docs/decisions/0027-proof-over-unseen-projects.md.
"""

import ast
from pathlib import Path, PurePosixPath

from countermine.core.environment import TestRunner
from countermine.core.witnesses import TestDriver
from countermine.prove.regression.calls import Call, FunctionCall, subject_of
from countermine.prove.regression.reading import Function, only

_RESULTS = '''def results_of(owner, name, key, at, value, test):
    """Run a test with one argument of a function replaced; return what that came to."""
    function, results = getattr(owner, name), []

    def attacked(*args, **kwargs):
        given = kwargs[key] if key in kwargs else args[at]
        put = value.encode() if isinstance(given, bytes) else type(given)(value)
        if key in kwargs:
            kwargs[key] = put
        else:
            args = (*args[:at], put, *args[at + 1 :])
        results.append(function(*args, **kwargs))
        return results[-1]

    with mock.patch.object(owner, name, {}), suppress(Exception):
        test()
    return results'''


def donor_call(
    call: FunctionCall, place: tuple[str, str, str | None], test: TestDriver, tree: Path
) -> Call | None:
    """Return the call of a function by way of a test of the target, or ``None``.

    Args:
        call: How the function is called.
        place: Its module, its qualified name, and the parameter that the value is for.
        test: The test that calls it.
        tree: The target.
    """
    module, qualname, key = place
    owner, _, name = qualname.rpartition(".")
    names = [one.name for one in call.parameters if not one.kind.startswith("var_")]
    if not owner or "." in owner or not names or (key is not None and key not in names):
        return None
    run = _run_of(test, tree)
    if run is None:
        return None
    imported, ran, fixtures = run
    at = names.index(key) if key is not None else 0
    bound = call.kind in {"static", "class"}
    key = key or names[0]
    return Call(
        expression=(
            f'results_of({owner}, "{name}", "{key}", {at if bound else at + 1}, value, '
            f"lambda: {ran})"
        ),
        answer="repr({})",
        imports=(f"from {module} import {owner}", "from unittest import mock", *imported),
        fixtures=fixtures,
        subject=subject_of(name),
        helpers=_RESULTS.replace("{}", "staticmethod(attacked)" if bound else "attacked"),
    )


def _run_of(test: TestDriver, tree: Path) -> tuple[tuple[str, ...], str, tuple[str, ...]] | None:
    """Return the imports that running a test needs, the call, and the fixtures that it wants."""
    path = PurePosixPath(test.path)
    try:
        parsed = ast.parse((tree / path).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None
    holder, method = _names(test)
    cases = only(parsed.body, holder) if holder else None
    body = cases.body if isinstance(cases, ast.ClassDef) else parsed.body
    function = only(body, method)
    if not isinstance(function, Function) or (holder and cases is None) or _is_varied(function):
        return None
    beside = (tree / path.parent / "__init__.py").is_file()
    imports = [f"from . import {path.stem}" if beside else f"import {path.stem}"]
    if isinstance(cases, ast.ClassDef):
        if _is_unittest(cases):
            return tuple(imports), f'{path.stem}.{holder}("{method}").debug()', ()
        if test.runner != TestRunner.PYTEST.value or _sets_up(cases):
            return None
    given = function.args
    fixtures = tuple(one.arg for one in given.args[1 if holder else 0 :])
    own = [one for one in fixtures if only(parsed.body, one) is not None]
    if own:
        source = f".{path.stem}" if beside else path.stem
        imports.append(f"from {source} import {', '.join(sorted(own))}")
    ran = f"{path.stem}.{holder}().{method}" if holder else f"{path.stem}.{method}"
    return tuple(imports), f"{ran}({', '.join(fixtures)})", fixtures


def _names(test: TestDriver) -> tuple[str, str]:
    """Return the class of a test, empty for none, and the test's own name."""
    if test.runner == TestRunner.PYTEST.value:
        _, *classes, last = test.id.split("::")
        return (classes[0] if classes else ""), (last if len(classes) <= 1 else "")
    holder, _, method = test.id.rpartition(".")
    return holder.rpartition(".")[2], method


def _is_varied(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a test is run with values that something else gives it."""
    if isinstance(function, ast.AsyncFunctionDef) or function.args.kwonlyargs:
        return True
    marks = [ast.unparse(one) for one in function.decorator_list]
    return any(not one.startswith("pytest.mark.") or "parametrize" in one for one in marks)


def _is_unittest(cases: ast.ClassDef) -> bool:
    return any("TestCase" in ast.unparse(one) for one in cases.bases)


def _sets_up(cases: ast.ClassDef) -> bool:
    """Tell whether a class of pytest prepares its tests in a way that only pytest knows."""
    return bool(cases.bases) or any(
        isinstance(one, Function) and (one.name.startswith("setup") or one.decorator_list)
        for one in cases.body
    )
