"""Any input gives an answer, the same one each time, and says what it did not see."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermine.core.coverage import Coverage
from countermine.find.request import FindResult
from countermine.flow.bounds import Bounds
from tests.unit.find.conftest import Find

FLAW = 'import os, sys\n\n\ndef main():\n    os.system("ls " + sys.argv[1])\n'
MODULES = {f"m{n}.py": FLAW.replace("main", f"main{n}") for n in range(6)}


def places(result: FindResult) -> list[tuple[str, str, int]]:
    return [(f.location.path, f.fingerprint, f.location.start_byte) for f in result.findings]


def test_a_syntax_error_leaves_the_rest_analysed_and_is_recorded(find: Find) -> None:
    result = find({"a.py": FLAW + "\n\ndef broken(:\n    pass\n"})
    assert [f.sink for f in result.findings] == ["os.system"]
    assert [e.outcome for e in result.coverage.entries] == [Coverage.PARTIAL]
    assert not result.coverage.complete


def test_the_syntax_of_python_2_is_read(find: Find) -> None:
    text = (
        'import os, sys\n\ndef main():\n    print "x"\n    try:\n        pass\n'
        '    except OSError, e:\n        os.system("ls " + sys.argv[1])\n'
    )
    assert [f.sink for f in find({"a.py": text}).findings] == ["os.system"]


def test_newer_syntax_is_read(find: Find) -> None:
    text = (
        "import os, sys\n\n\ndef main[T](x: T):\n    match sys.argv:\n        case [_, name]:\n"
        "            os.system(name)\n"
    )
    assert [f.sink for f in find({"a.py": text}).findings] == ["os.system"]


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 3000 + "1" + ")" * 3000,
        "x = " + "[" * 3000 + "]" * 3000,
        "x = " + "f(" * 3000 + ")" * 3000,
        "x = " + "-" * 3000 + "1",
        "x = a" + ".b" * 3000,
        "x = " + " + ".join(["a"] * 5000),
        "\n".join(" " * n + "if x:" for n in range(400)) + "\n" + " " * 400 + "pass",
        "if a:\n    pass\n" + "elif b:\n    pass\n" * 2000,
    ],
)
def test_deep_nesting_does_not_break_it(find: Find, text: str) -> None:
    result = find({"deep.py": f"{FLAW}\n\ndef deep():\n    eval(1)\n\n\n{text}\n"})
    assert [f.sink for f in result.findings if f.location.start_byte < len(FLAW)] == ["os.system"]


def test_too_deep_a_nesting_is_recorded_as_unknown(find: Find) -> None:
    text = "def deep():\n    eval(" + "[" * 300 + "]" * 300 + ")\n"
    result = find({"deep.py": text})
    assert [e.outcome for e in result.coverage.entries] == [Coverage.UNKNOWN]


def test_a_bound_on_steps_is_recorded_as_unknown(find: Find) -> None:
    text = "import os\n\n\ndef many():\n" + "    a = b\n" * 50 + "    os.system(a)\n"
    result = find({"a.py": text}, bounds=Bounds(function_steps=20))
    assert [e.outcome for e in result.coverage.entries] == [Coverage.UNKNOWN]


def test_a_bound_on_flows_between_functions_is_recorded_once(find: Find) -> None:
    text = "import os\n\n\ndef f0(x):\n    os.system('ls ' + x)\n" + "".join(
        f"\n\ndef f{n + 1}(x):\n    f{n}(x)\n" for n in range(4)
    )
    (entry,) = find({"a.py": text}, bounds=Bounds(carried=2)).coverage.entries
    assert entry.outcome is Coverage.UNKNOWN
    assert "flows between functions" in entry.reason
    assert find({"a.py": text}, bounds=Bounds(carried=5)).coverage.complete


def test_large_and_binary_files_are_recorded_as_skipped(find: Find) -> None:
    result = find(
        {
            "large.py": b"x = 1\n" * 100,
            "nul.py": b"x = '\0'\n",
            "wide.py": "x = 1".encode("utf-16"),
        },
        bounds=Bounds(file_bytes=200),
    )
    assert [(e.path, e.outcome) for e in result.coverage.entries] == [
        ("large.py", Coverage.SKIPPED),
        ("nul.py", Coverage.SKIPPED),
        ("wide.py", Coverage.SKIPPED),
    ]
    assert result.coverage.files == 0


def test_functions_that_call_each_other_end(find: Find) -> None:
    text = (
        "import os\n\n\ndef a(x):\n    b([x])\n    os.system(x)\n\n\n"
        "def b(x):\n    c({'k': x})\n\n\n"
        "def c(x):\n    a(x)\n    return c(c)\n"
    )
    assert {f.sink for f in find({"a.py": text}).findings} == {"os.system"}


def test_modules_and_classes_that_name_each_other_end(find: Find) -> None:
    files = {
        "a.py": (
            "from b import x as y\nfrom b import *\nclass A(A): pass\nclass B(C): pass\n"
            "class C(B): pass\neval(y)\n"
        ),
        "b.py": "from a import y as x\nfrom a import *\n",
    }
    find(files)


def test_the_order_of_files_and_the_number_of_processes_change_nothing(find: Find) -> None:
    once = find(MODULES)
    assert len(once.findings) == 6
    assert find(MODULES, backwards=True) == once
    assert find(MODULES, jobs=2) == once


def test_a_fingerprint_does_not_depend_on_lines(find: Find) -> None:
    before = find({"a.py": FLAW}).findings[0]
    after = find({"a.py": "# a comment\n\n\n" + FLAW}).findings[0]
    assert before.location != after.location
    assert before.fingerprint == after.fingerprint


def test_the_hash_seed_changes_nothing(tmp_path: Path) -> None:
    for name, text in MODULES.items():
        (tmp_path / name).write_text(text)
    program = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path\n"
        "from countermine.catalogue.loader import load\n"
        "from countermine.core.inventory import FileRole, Inventory, SourceFile\n"
        "from countermine.find.flows import find_flows\n"
        "from countermine.find.request import FindRequest\n"
        "from countermine.ports.progress import Silent\n"
        "from tests.unit.find.conftest import facts\n"
        "files = tuple(SourceFile(path=p.name, size_bytes=1, role=FileRole.SOURCE)\n"
        "              for p in sorted(Path(sys.argv[1]).iterdir()))\n"
        "inventory = Inventory(root=sys.argv[1], files=files, skipped=())\n"
        "print(find_flows(FindRequest(inventory=inventory, catalogue=load(),\n"
        "                             weaknesses=facts()), Silent()))\n"
    )
    root = str(Path(__file__).parents[3])
    answers = {
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path), root],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1
    assert b"os.system" in answers.pop()


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cut=st.integers(0, 400), junk=st.binary(max_size=12))
def test_no_text_breaks_it(find: Find, cut: int, junk: bytes) -> None:
    text = (
        FLAW + "\n\nclass A(B):\n    x: int = [y for y in z if y]\n\n"
        "    async def f(self, *a, **k):\n"
        "        with open(a[0]) as self.h:\n            yield from await k['x']\n"
        "        try:\n            return lambda q=1: eval(q)\n        finally:\n"
        "            del a[0]\n"
    ).encode()
    result = find({"a.py": text[:cut] + junk + text[cut:]})
    assert all(f.message.endswith(".") for f in result.findings)


def test_a_method_without_a_receiver_is_called(find: Find) -> None:
    text = (
        "import os\n\n\nclass Note:\n    def kind():\n        return 'note'\n\n\n"
        "def show(name):\n    os.system('show ' + name + Note().kind())\n"
    )
    (finding,) = find({"note.py": text}).findings
    assert finding.weakness == "command"


def test_a_recursion_that_hands_on_what_is_made_inside_it_ends_soon(find: Find) -> None:
    text = (
        "import os\nfrom flask import request\n\n\nclass Two:\n    pass\n\n\n"
        "def wrapped(f):\n    def inner(a):\n        return f(a)\n    return inner\n\n\n"
        "def make(a, made):\n    given = wrapped(made) if a else Two\n    make(a + 'x', given)\n"
        "    os.system('ls ' + a)\n\n\ndef view():\n    make(request.args['k'], Two)\n"
    )
    result = find({"a.py": text})
    assert [f.sink for f in result.findings] == ["os.system"]
    assert result.coverage.complete


def test_a_function_that_calls_more_than_is_followed_is_noted(find: Find) -> None:
    text = "import os\n\n\n"
    text += "".join(f"def f{n}(a):\n    b = a\n    return b\n\n\n" for n in range(9))
    calls = "".join(f"    a = f{n}(a)\n" for n in range(9))
    text += f"def main(a):\n{calls}    os.system(a)\n"
    whole = find({"a.py": text})
    assert not whole.coverage.entries
    less = find({"a.py": text}, bounds=Bounds(root_steps=3, look_steps=3))
    assert any("steps with all that it calls" in e.reason for e in less.coverage.entries)
    assert {f.weakness for f in whole.findings} <= {f.weakness for f in less.findings}


def test_what_one_function_may_cost_is_nothing_to_the_next(find: Find) -> None:
    text = "import functools\nimport os\n\n\n"
    steps = "    a = a + 1\n" * 9
    text += "".join(f"def f{n}(a):\n{steps}    return a\n\n\n" for n in range(9))
    calls = "".join(f"    a = f{n}(a)\n" for n in range(9))
    text += "def plain(f):\n    @functools.wraps(f)\n    def inner(*a, **k):\n"
    text += "        return f(*a, **k)\n    return inner\n\n\n"
    text += "@plain\ndef light(a):\n    os.system(a)\n\n\n"
    text += f"def heavy(a):\n{calls}    os.system(a)\n"
    found = find({"a.py": text}, bounds=Bounds(root_steps=30, look_steps=30))
    spent = [e.reason for e in found.coverage.entries if "with all that it calls" in e.reason]
    assert [reason.partition(" ")[0] for reason in spent] == ["heavy"]
