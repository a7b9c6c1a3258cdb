"""What the README lists is what there is."""

import re
from pathlib import Path

from countermine.cli.app import build
from countermine.weaknesses.registry import BUILT_IN

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return README.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_the_readme_names_each_command_in_a_line() -> None:
    named = re.findall(r"^\| `(\w+)` \|", section("Commands"), re.MULTILINE)
    program = build()
    commands = [command.name for command in program.registered_commands]
    groups = [group.name for group in program.registered_groups]
    assert sorted(named) == sorted(str(name) for name in (*commands, *groups))


def test_the_readme_counts_the_pages_of_weaknesses() -> None:
    pages = list((Path(__file__).parents[3] / "docs" / "weaknesses").glob("*.md"))
    assert len(pages) == len(BUILT_IN)
    assert f"each of the {len(pages)} weaknesses" in section("What is found")
