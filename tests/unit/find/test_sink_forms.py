"""The forms of a sink that is no call, and the conditions that say when one counts."""

import tomllib
from pathlib import Path

import pytest

from countermine.catalogue.loader import load, parse_rows
from countermine.core.inventory import FileRole, Inventory, SourceFile
from countermine.core.levels import Severity
from countermine.core.spans import tree_path
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId
from countermine.find.flows import find_flows
from countermine.find.request import FindRequest
from countermine.ports.progress import Silent

FACTS = WeaknessFacts(
    id=WeaknessId("loose"),
    cwe=Cwe(489),
    title="Loose",
    summary="It is left loose.",
    consequence="do harm",
    advice="Tie it up.",
    sink_kinds=("loose",),
    severity=Severity.HIGH,
)


def row(text: str) -> str:
    return f'[[sink]]\nkind = "loose"\n{text}\n'


CALLED = 'name = "kit.open"\nrequires = "call"\n'
CASES = {
    "an attribute that is set": (
        row('name = "kit.Session.verify"\nform = "store"\nrequires = "call"\n'
            'when = { argument = "value", equals = false }'),
        "import kit\ns = kit.Session()\ns.verify = False\n",
        "import kit\ns = kit.Session()\ns.verify = True\n",
    ),
    "an item of a key": (
        row('name = "kit.config[]"\nform = "store"\nrequires = "call"\n'
            'when = [{ argument = "key", equals = "CHECKED" }, '
            '{ argument = "value", equals = false }]'),
        "import kit\nkit.config['CHECKED'] = False\n",
        "import kit\nkit.config['CHECKED'] = True\nkit.config['OTHER'] = False\n",
    ),
    "a tainted key": (
        row('name = "kit.store[]"\nform = "store"\nargument = [["key"], ["value"]]'),
        "import kit\nfrom flask import request\ndef f():\n    kit.store[request.args['a']] = 1\n",
        "import kit\nfrom flask import request\ndef f(a):\n    kit.store['a'] = 1\n",
    ),
    "a setting of a module": (
        row('name = "kit.settings.LOOSE"\nform = "setting"\nrequires = "call"\n'
            'when = { argument = "value", equals = true }'),
        "import kit\nLOOSE = True\n",
        "import kit\nLOOSE = False\ndef f():\n    LOOSE = True\n",
    ),
    "a setting of a class": (
        row('name = "kit.settings.LOOSE"\nform = "setting"\nrequires = "call"\n'
            'when = { argument = "value", equals = true }'),
        "import kit\nclass Settings:\n    LOOSE: bool = True\n",
        "import kit\nclass Settings:\n    LOOSE: bool = False\n",
    ),
    "a decorator": (
        row('name = "kit.exempt"\nform = "decorator"\nrequires = "call"'),
        "from kit import exempt\n@exempt\ndef f():\n    return 1\n",
        "from mine import exempt  # not kit's\n@exempt\ndef f():\n    return 1\n",
    ),
    "a decorator inside a function": (
        row('name = "kit.Guard.exempt"\nform = "decorator"\nrequires = "call"'),
        ("import kit\ndef make():\n    g = kit.Guard()\n    @g.exempt\n    def f():\n"
        "        return 1\n    return f\n"),
        "import kit\ndef make(g):\n    @g.exempt\n    def f():\n        return 1\n    return f\n",
    ),
    "an item of an argument": (
        row(f'{CALLED}when = {{ argument = [0, "options"], item = "check", equals = false }}'),
        "import kit\nkit.open(options={'check': False})\n",
        "import kit\nkit.open(options={'check': True})\nkit.open({})\nkit.open(other())\n",
    ),
    "an item that is not there": (
        row(f'{CALLED}when = {{ argument = [0, "options"], item = "check", absent = true }}'),
        "import kit\nkit.open(options={'other': False})\n",
        "import kit\nkit.open(options={'check': True})\nkit.open(other())\n",
    ),
    "a list that includes": (
        row(f'{CALLED}when = {{ argument = [0, "ways"], includes = ["none"] }}'),
        "import kit\nkit.open(ways=['all', 'none'])\n",
        "import kit\nkit.open(ways=['all', 'some'])\n",
    ),
    "a list that excludes": (
        row(f'{CALLED}when = {{ argument = [0, "ways"], excludes = ["safe"] }}'),
        "import kit\nkit.open(ways=['all', 'none'])\n",
        "import kit\nkit.open(ways=['all', 'safe'])\nkit.open(ways=['all', *others()])\n",
    ),
    "a number that is too small": (
        row(f'{CALLED}when = {{ argument = [0, "bits"], below = 2048 }}'),
        "import kit\nkit.open(1024)\n",
        "import kit\nkit.open(2048)\nkit.open(bits())\nkit.open(True)\n",
    ),
    "how an argument is spelt": (
        row(f'{CALLED}when = {{ argument = "*", spelt = "(?i)password$" }}'),
        "import kit\ndef f(user):\n    kit.open(f'{user.name}: {user.password}')\n",
        "import kit\ndef f(user):\n    kit.open(f'{user.name}: {mask(user.password)}')\n",
    ),
    "a package that the module imports": (
        row('name = "*.unlatch"\nrequires = "call"\nwhen = { imports = ["kit"] }'),
        "import kit\ndef f(a):\n    a.unlatch()\n",
        "import other  # kit\ndef f(a):\n    a.unlatch()\n",
    ),
    "the file it stands in": (
        row(f'{CALLED}when = {{ file = "(^|/)case[.]py$" }}'),
        "import kit\nkit.open()\n",
        None,
    ),
    "a word in the module": (
        row(f'{CALLED}when = {{ has = ["UNSAFE"] }}'),
        "import kit\nUNSAFE = 1\nkit.open()\n",
        "import kit\nkit.open()\n",
    ),
    "a word nearby": (
        row(f'{CALLED}when = {{ has_nearby = ["UNSAFE"] }}'),
        "import kit\ndef f():\n    UNSAFE = 1\n    kit.open()\n",
        "import kit\nUNSAFE = 1\ndef f():\n    kit.open()\n",
    ),
    "the level of what reaches it": (
        row('name = "kit.open"\nargument = 0\nlevels = ["remote"]'),
        "import kit\nfrom flask import request\ndef f():\n    kit.open(request.args['a'])\n",
        "import kit, sys\ndef f(given):\n    kit.open(sys.argv[1])\n    kit.open(given)\n",
    ),
    "a word of its own": (
        row('name = "kit.Session.jar[]"\nform = "store"\nwords = "jar"\nargument = "value"')
        + '[[type]]\nname = "kit.Session"\nreturns = "kit.Session"\n'
        + '[[type]]\nname = "kit.Session.jar"\nis = "kit.Session.jar"\n',
        ("import kit\nfrom flask import request\ndef f():\n    s = kit.Session()\n"
        "    s.jar['a'] = request.args['a']\n"),
        "import kit\ndef f():\n    s = kit.Session()\n    s.jar['a'] = 1\n",
    ),
}  # fmt: skip


def found(folder: Path, rows: str, code: str, name: str = "case.py") -> int:
    (folder / name).write_text(code, encoding="utf-8")
    file = SourceFile(path=tree_path(name), size_bytes=len(code), role=FileRole.SOURCE)
    request = FindRequest(
        inventory=Inventory(root=str(folder), files=(file,), skipped=()),
        catalogue=load(parse_rows(tomllib.loads(rows), "mine.toml")),
        weaknesses=(FACTS,),
    )
    return len(find_flows(request, Silent()).findings)


@pytest.mark.parametrize("case", CASES)
def test_a_sink_counts_where_its_row_says_so_and_nowhere_else(case: str, tmp_path: Path) -> None:
    rows, flawed, quiet = CASES[case]
    assert found(tmp_path, rows, flawed) == 1
    if quiet is None:
        assert found(tmp_path, rows, flawed, "other.py") == 0
    else:
        assert found(tmp_path, rows, quiet) == 0
