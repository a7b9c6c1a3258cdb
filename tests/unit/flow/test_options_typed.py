"""Options of a command line: only those that hold any text carry anything into a command."""

import pytest

from countermine.core.levels import SourceLevel
from tests.unit.find.conftest import Find

PARSER = (
    "import argparse\nimport os\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n"
    "    {}\n    args = parser.parse_args()\n    os.system('x ' + str({}))\n\n\nmain()\n"
)
CLICK = (
    "import os\nimport click\n\n\n@click.command()\n@click.option({})\ndef main(name):\n"
    "    os.system('x ' + str(name))\n"
)
TWO = "parser.add_argument('--name', default='a')\n    parser.add_argument('--many', type=int)"
PROGRAMS = {
    "type": [
        PARSER.format(f"parser.add_argument('-n', type={of})", "args.n") for of in ("str", "int")
    ],
    "choices": [
        PARSER.format(f"parser.add_argument('name'{given})", "args.name")
        for given in ("", ", choices=['a', 'b']")
    ],
    "action": [
        PARSER.format(f"parser.add_argument('--a-b', action='{given}')", "args.a_b")
        for given in ("store", "store_true")
    ],
    "two options": [PARSER.format(TWO, f"args.{name}") for name in ("name", "many")],
    "mapping": [PARSER.format(TWO, f"vars(args)['{name}']") for name in ("name", "many")],
    "dest": [
        PARSER.format("parser.add_argument('-n', dest='who', type=" + of + ")", "args.who")
        for of in ("str", "float")
    ],
    "group": [
        PARSER.format(
            f"group = parser.add_argument_group('g')\n    group.add_argument('-n', type={of})",
            "args.n",
        )
        for of in ("str", "int")
    ],
    "command below": [
        PARSER.format(
            "table = parser.add_subparsers()\n    one = table.add_parser('one')\n"
            f"    one.add_argument('-n', type={of})",
            "args.n",
        )
        for of in ("str", "int")
    ],
    "one command takes any text": [
        PARSER.format(
            f"parser.add_argument('-n', type={of})\n    parser.add_argument('-n', type=int)",
            "args.n",
        )
        for of in ("str", "float")
    ],
    "click: type": [CLICK.format(f"'--name', type={of}") for of in ("str", "int")],
    "click: choice": [
        CLICK.format(f"'--name', type={of}") for of in ("click.STRING", "click.Choice(['a', 'b'])")
    ],
    "click: flag": [CLICK.format(f"'-n', 'name', is_flag={of}") for of in ("False", "True")],
    "click: default": [CLICK.format(f"'--name', default={of}") for of in ("'3'", "3")],
}


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_an_option_that_holds_any_text_is_told_from_a_number(find: Find, name: str) -> None:
    flawed, quiet = PROGRAMS[name]
    levels = {one.level for one in find({"app.py": flawed}).findings}
    assert levels == {SourceLevel.LOCAL}
    assert not find({"app.py": quiet}).findings


def test_the_command_that_a_parser_chooses_is_entered(find: Find) -> None:
    program = (
        "import argparse\nimport os\n\n\ndef _run(args):\n    os.system('x ' + args.name)\n\n\n"
        "def main():\n    parser = argparse.ArgumentParser()\n    table = parser.add_subparsers()\n"
        "    one = table.add_parser('one')\n    one.add_argument('name')\n"
        "    one.set_defaults(func=_run)\n    args = parser.parse_args()\n    args.func(args)\n"
    )
    assert [one.level for one in find({"app.py": program}).findings] == [SourceLevel.LOCAL]
    quiet = program.replace("'name')", "'name', type=int)")
    assert not find({"app.py": quiet}).findings
