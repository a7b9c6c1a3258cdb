"""Writes the table of outcomes in docs/models.md from what the program does after each.

    python support/model_outcomes.py [--check]

With --check nothing is written; the exit status is 1 if the table is not what it would be.
"""

import ast
import inspect
import re
import sys
import textwrap
from enum import StrEnum
from pathlib import Path

from countermine.core.models import CallOutcome
from countermine.models.policy import POLICIES, Mark, Next

PLACE = Path(__file__).parents[1] / "docs" / "models.md"
BEGIN, END = "<!-- outcomes -->\n", "<!-- end -->\n"


def told(kind: type[StrEnum]) -> dict[str, str]:
    """Return what the source says of each member."""
    (holder,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(holder, ast.ClassDef)  # noqa: S101 - what getsource gives
    said: dict[str, str] = {}
    name = ""
    for statement in holder.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]):
                pass
            case ast.Expr(value=ast.Constant(value=str(text))) if name:
                said[kind[name]] = re.sub(r"\s+", " ", text).replace("``", "`")
    return said


def table() -> str:
    """Return the table."""
    outcomes, following, marks = told(CallOutcome), told(Next), told(Mark)
    lines = ["| outcome | what it is | what follows |", "|---|---|---|"]
    for outcome in CallOutcome:
        policy = POLICIES[outcome]
        parts = [following[policy.next]]
        if policy.mark not in (Mark.NONE, Mark.GOOD):
            parts.append(marks[policy.mark])
        if policy.may_return:
            parts.append("Another time may do.")
        what = outcomes.get(outcome, "There is an answer.")
        lines.append(f"| `{outcome}` | {what} | {' '.join(parts)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the table, or compare it."""
    text = PLACE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    made = f"{before}{BEGIN}{table()}{END}{after}"
    if "--check" not in sys.argv[1:]:
        PLACE.write_text(made, encoding="utf-8")
        return 0
    if text == made:
        return 0
    print(f"{PLACE.name} is out of date: run python support/model_outcomes.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
