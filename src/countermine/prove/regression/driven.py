"""How a test calls an entry point that a driver leads to: with the driver's own lines.

The driver was followed under its rules at gates 1 and 2; its lines have no branches, so that they
do the same with and without the fix. What is fed in and what must not hold stay the probe's.
"""

# typing.override is younger than the oldest Python that this runs on.
# mypy: disable-error-code="explicit-override"

import ast

from countermine.core.regressions import RegressionProbe
from countermine.prove.harness.driver_text import (
    CONTENT,
    DATA,
    DriverText,
    DriverTextError,
    Import,
    SetUp,
    read,
)
from countermine.prove.regression.calls import (
    Call,
    FunctionCall,
    as_bytes,
    as_text,
    setup_of,
    standard_imports,
    subject_of,
)

_TAKEN = frozenset(
    {
        "database", "folder", "inside", "payload", "printed", "sample", "seen", "self", "sent_to",
        "suppress", "tmp_path", "value",
    }
)  # fmt: skip
"""Names that a test has a use for itself."""


def driven_call(
    source: str, described: FunctionCall, qualname: str, probe: RegressionProbe
) -> Call | None:
    """Return the call of an entry point behind the set-up of a driver, if a test can hold it.

    Args:
        source: The driver.
        described: How the entry point is called.
        qualname: Its qualified name.
        probe: What is fed in.
    """
    try:
        driver = read(source)
    except DriverTextError:
        return None
    names = {one.known_as for one in driver.imports}
    names |= {step.name for step in driver.set_up if step.name is not None}
    if names & _TAKEN - ({_DATABASE} if _stands_in(driver) else set()):
        return None
    expression = _entered(driver, probe)
    if described.coroutine:
        expression = f"asyncio.run({expression})"
    if described.generator:
        expression = f"list({expression})"
    made = (_line(step) for step in driver.set_up)
    entered = expression
    before = () if driver.later is None else (expression,)
    expression = expression if driver.later is None else ast.unparse(driver.later)
    connections = _stand_ins(driver)
    return Call(
        before=before,
        expression=expression,
        headed=f"lines_sent({{}}, {', '.join(connections)})" if connections else None,
        helpers=_LINES_SENT,
        answer="repr({})",
        sent_to='str(getattr({}, "headers", {{}}).get("Location", ""))',
        imports=(*map(_imported, driver.imports), *standard_imports(entered)),
        setup=(*setup_of(entered, probe), *made),
        subject=subject_of(qualname.partition(".")[2] or qualname),
    )


_DATABASE = "database"
_STAND_INS = frozenset({"AsyncMock", "MagicMock", "Mock"})


def _stands_in(driver: DriverText) -> bool:
    """Tell whether what the driver calls ``database`` stands in for one, as it does in a test."""
    made = [one for one in driver.set_up if one.name == _DATABASE and one.attribute is None]
    return len(made) == 1 and _DATABASE in _stand_ins(driver)


def _stand_ins(driver: DriverText) -> list[str]:
    """Return the names of objects that take any call, and can be asked for those later."""
    mocks = {one.known_as for one in driver.imports if one.module == "unittest.mock"} & _STAND_INS
    return [
        one.name
        for one in driver.set_up
        if one.name is not None
        and one.attribute is None
        and isinstance(one.made, ast.Call)
        and isinstance(one.made.func, ast.Name)
        and one.made.func.id in mocks
    ]


_LINES_SENT = '''def lines_sent(_answer, *connections):
    """Return the lines of the head that was handed to a connection."""
    calls = [call for one in connections for call in one.method_calls]
    sent = [call[1][0] for call in calls if call[0] in {"send", "sendall", "write"} and call[1]]
    head = b"".join(part for part in sent if isinstance(part, bytes)).partition(b"\\r\\n\\r\\n")[0]
    return head.decode("latin-1").splitlines()'''


def _line(step: SetUp) -> str:
    made = ast.unparse(step.made)
    if step.name is None:
        return made
    return f"{step.name}{'' if step.attribute is None else f'.{step.attribute}'} = {made}"


def _entered(driver: DriverText, probe: RegressionProbe) -> str:
    """Return source of the driver's last call with what the probe feeds in."""
    if probe.by_file and driver.parameter != CONTENT:
        text = "sample.read_bytes()" if driver.parameter == DATA else "str(sample)"
    else:
        text = as_bytes(probe) if driver.parameter == DATA else as_text(probe)
    given = ast.parse(text, mode="eval").body

    class Filled(ast.NodeTransformer):
        """Puts the value in the place of the driver's parameter."""

        def visit_Name(self, node: ast.Name) -> ast.AST:
            """Return the value for the parameter, and every other name as it is."""
            return given if node.id == driver.parameter else node

    # A driver's tree is parsed anew for each call: what is filled in stays in it.
    return ast.unparse(Filled().visit(driver.last))


def _imported(one: Import) -> str:
    begun = f"import {one.module}" if one.name is None else f"from {one.module} import {one.name}"
    name = one.name or one.module
    return begun if one.known_as == name else f"{begun} as {one.known_as}"
