"""Writes the table of tools in docs/mcp.md.

    python support/mcp_tools.py [--check]

With --check nothing is written; the exit status is 1 if the table is not what it would be.
"""

import inspect
import sys
from pathlib import Path

from countermine.serve.mcp.server import tool_of
from countermine.serve.mcp.tools import Tools

PLACE = Path(__file__).parents[1] / "docs" / "mcp.md"
BEGIN = "<!-- tools: written by support/mcp_tools.py -->\n"
END = "<!-- end -->"


def table() -> str:
    """Return the table: each tool, what it takes, what it does."""
    lines = ["| tool | takes | does |", "|---|---|---|"]
    with_no_desk = Tools(desk=None)  # type: ignore[arg-type]  # what is listed is never called
    for act, reads in with_no_desk.listed():
        tool = tool_of(act, reads=reads)
        required = set(tool.parameters.get("required", ()))
        names = [
            f"`{name}`" + ("" if name in required else "?")
            for name in tool.parameters["properties"]
        ]
        first = inspect.cleandoc(tool.description).split("\n\n")[0].replace("\n", " ")
        lines.append(f"| `{tool.name}` | {', '.join(names)} | {first} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the table, or compare it."""
    text = PLACE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = f"{before}{BEGIN}{table()}{END}{after}"
    if "--check" not in sys.argv[1:]:
        PLACE.write_text(wanted, encoding="utf-8")
        return 0
    if text == wanted:
        return 0
    print(f"{PLACE.name} is out of date: run python support/mcp_tools.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
