"""Flows are followed across functions, classes and modules, and end at what makes them harmless."""

import pytest

from countermine.core.entrypoints import Channel, EntryKind
from countermine.core.findings import FindingStatus, StepKind
from countermine.core.inventory import FileRole
from countermine.core.levels import Confidence, SourceLevel
from countermine.flow.bounds import Bounds
from tests.unit.find.conftest import Find

VIEW = "from flask import Flask, request\nimport os, subprocess\napp = Flask(__name__)\n\n\n"


def view(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    return f'{VIEW}@app.route("/x")\ndef x():\n{lines}'


def test_a_query_reaches_the_shell(find: Find) -> None:
    text = view('os.system("ls " + request.args.get("d"))')
    (finding,) = find({"app.py": text}).findings
    assert finding.weakness == "command"
    assert finding.sink == "os.system"
    assert text.encode()[finding.location.start_byte : finding.location.end_byte].startswith(
        b"os.system("
    )
    assert finding.sink_argument is not None
    assert finding.status is FindingStatus.TRACED
    assert finding.level is SourceLevel.REMOTE
    assert finding.confidence is Confidence.HIGH
    assert finding.function == "x"
    assert finding.entry is not None
    assert finding.entry.kind is EntryKind.FLASK_VIEW
    assert (finding.entry.qualname, finding.entry.channel, finding.entry.key) == (
        "x",
        Channel.QUERY,
        "d",
    )
    assert finding.entry.start_line == 7
    assert finding.trace[0].kind is StepKind.SOURCE
    assert finding.trace[-1].kind is StepKind.SINK


FLAWED = {
    "format": 'os.system("ls {}".format(request.args["d"]))',
    "percent": 'os.system("ls %s" % request.args["d"])',
    "f-string": "os.system(f\"ls {request.args['d']}\")",
    "join": 'os.system(" ".join(["ls", request.args["d"]]))',
    "augmented": 'c = "ls "\nc += request.args["d"]\nos.system(c)',
    "dictionary": 'd = {"a": "b", "c": request.args["d"]}\nos.system(d["c"])',
    "append": 'p = ["ls"]\np.append(request.args["d"])\nos.system(" ".join(p))',
    "unpacking": 'a, b = "ls", request.args["d"]\nos.system(b)',
    "comprehension": 'os.system(" ".join([v for v in request.args.getlist("d")]))',
    "walrus": 'if (c := request.args.get("d")):\n    os.system(c)',
    "lambda": 'f = lambda c: os.system(c)\nf(request.args["d"])',
    "closure": 'c = request.args["d"]\ndef run():\n    os.system(c)\nrun()',
    "star": 'a = [request.args["d"]]\nos.system(*a)',
    "conditional": 'c = request.args["d"] if app else "ls"\nos.system(c)',
    "or": 'c = request.args.get("d") or "ls"\nos.system(c)',
    "try": 'try:\n    c = request.args["d"]\nexcept KeyError:\n    c = "ls"\nos.system(c)',
    "loop": 'c = ""\nfor a in request.args.getlist("d"):\n    c = c + a\nos.system(c)',
    "shell": 'subprocess.run(request.args["d"], shell=True)',
    "wrong check": 'c = request.args["d"]\nif c.startswith("ls"):\n    os.system(c)',
}


@pytest.mark.parametrize("name", sorted(FLAWED))
def test_taint_passes(find: Find, name: str) -> None:
    found = find({"app.py": view(FLAWED[name])}).findings
    assert [f.weakness for f in found] == ["command"]


QUIET = {
    "other key": 'd = {"a": "ls", "c": request.args["d"]}\nos.system(d["a"])',
    "other element": 'a, b = "ls", request.args["d"]\nos.system(a)',
    "overwritten": 'c = request.args["d"]\nc = "ls"\nos.system(c)',
    "quoted": 'import shlex\nos.system("ls " + shlex.quote(request.args["d"]))',
    "number": 'os.system("kill %d" % int(request.args["d"]))',
    "allowed": 'c = request.args["d"]\nif c not in ("a", "b"):\n    return "no"\nos.system(c)',
    "digits": 'c = request.args["d"]\nif not c.isdigit():\n    raise ValueError\nos.system(c)',
    "pattern": (
        'import re\nc = request.args["d"]\nif not re.fullmatch(r"[a-z]+", c):\n'
        "    raise ValueError\nos.system(c)"
    ),
    "dead branch": 'shell = False\nif shell:\n    os.system(request.args["d"])',
    "no shell": 'subprocess.run(["ls", "--", request.args["d"]])',
    "known": 'c = "a"\nif request.args["d"] == "x":\n    c = "b"\nos.system(c)',
    "aborted": (
        'from flask import abort\nc = request.args["d"]\nif c not in app.config["X"]:\n'
        "    abort(400)\nos.system(c)"
    ),
}


@pytest.mark.parametrize("name", sorted(QUIET))
def test_what_is_harmless_is_not_reported(find: Find, name: str) -> None:
    assert find({"app.py": view(QUIET[name])}).findings == ()


def test_a_guard_in_a_function_of_its_own_counts(find: Find) -> None:
    text = view('c = request.args["d"]\nif not allowed(c):\n    return "no"\nos.system(c)')
    guard = '\n\ndef allowed(name):\n    return name in {"a", "b"}\n'
    assert find({"app.py": text + guard}).findings == ()


def test_a_check_that_raises_in_a_function_of_its_own_counts(find: Find) -> None:
    text = view('c = request.args["d"]\ncheck(c)\nos.system(c)')
    guard = "\n\ndef check(name):\n    if not name.isalnum():\n        raise ValueError(name)\n"
    assert find({"app.py": text + guard}).findings == ()


def test_a_sanitizer_counts_for_its_own_kind_only(find: Find) -> None:
    text = view('import html\nos.system("ls " + html.escape(request.args["d"]))')
    assert [f.weakness for f in find({"app.py": text}).findings] == ["command"]


def test_a_flow_is_followed_across_modules_and_re_exports(find: Find) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/tools/__init__.py": "from .run import start as launch\n",
        "shop/tools/run.py": "import os\n\n\ndef start(line):\n    os.system(line)\n",
        "shop/views.py": (
            "from flask import Blueprint, request\nfrom shop.tools import launch\n"
            'bp = Blueprint("b", __name__)\n\n\n@bp.route("/x")\ndef x():\n'
            '    launch(request.form["line"])\n'
        ),
    }
    found = [f for f in find(files).findings if f.level is SourceLevel.REMOTE]
    assert [(f.location.path, f.entry and f.entry.path) for f in found] == [
        ("shop/tools/run.py", "shop/views.py")
    ]
    assert [s.function for s in found[0].trace] == ["x", "x", "start"]


def test_what_one_method_keeps_another_may_use(find: Find) -> None:
    text = (
        "import os\n\n\nclass Job:\n    def __init__(self, line):\n        self.line = line\n\n"
        '    def run(self):\n        os.system("nice " + self.line)\n'
    )
    (finding,) = find({"jobs.py": text}).findings
    assert finding.level is SourceLevel.API
    assert finding.entry is not None
    assert (finding.entry.qualname, finding.entry.key) == ("Job.__init__", "line")


def test_attributes_of_an_instance_are_told_apart(find: Find) -> None:
    text = view('job = Job("ls", request.args["d"])\njob.run()')
    job = (
        "\n\nclass Job:\n    def __init__(self, line, note):\n        self.line = line\n"
        "        self.note = note\n\n    def run(self):\n        os.system(self.line)\n"
    )
    assert not [f for f in find({"app.py": text + job}).findings if f.level is SourceLevel.REMOTE]


def test_a_constant_argument_decides_a_branch_of_the_callee(find: Find) -> None:
    helper = (
        "\n\ndef call(line, shell=False):\n    if shell:\n        os.system(line)\n"
        "    else:\n        print(line)\n"
    )
    quiet = view('call(request.args["d"])') + helper
    loud = view('call(request.args["d"], shell=True)') + helper
    remote = [
        [f for f in find({"app.py": t}).findings if f.level is SourceLevel.REMOTE]
        for t in (quiet, loud)
    ]
    assert [len(r) for r in remote] == [0, 1]


def test_a_private_function_is_no_entry_of_a_library(find: Find) -> None:
    text = 'import os\n\n\ndef _run(line):\n    os.system("x " + line)\n'
    assert find({"lib.py": text}).findings == ()


def test_the_nearest_public_function_is_the_entry(find: Find) -> None:
    text = (
        'import os\n\n\ndef _run(line):\n    os.system("x " + line)\n\n\n'
        "def start(name):\n    _run(name)\n"
    )
    (finding,) = find({"lib.py": text}).findings
    assert finding.entry is not None
    assert (finding.entry.qualname, finding.entry.channel) == ("start", Channel.PARAMETER)
    assert finding.function == "_run"


def test_a_call_that_is_unsafe_by_itself_is_suspected(find: Find) -> None:
    (finding,) = find(
        {"lib.py": "import hashlib\npassword = hashlib.md5(b'x').digest()\n"}
    ).findings
    assert finding.status is FindingStatus.SUSPECTED
    assert finding.level is None
    assert finding.trace == ()
    assert find({"lib.py": "import hashlib\nd = hashlib.md5(b'x').digest()\n"}).findings == ()


def test_sources_and_sinks_in_tests_do_not_count(find: Find) -> None:
    files = {"test_app.py": view('os.system(request.args["d"])')}
    assert find(files, roles={"test_app.py": FileRole.TEST}).findings == ()


def test_two_places_that_feed_one_helper_are_two_defects(find: Find) -> None:
    text = (
        "import os\n\n\ndef _run(line):\n    os.system(line)\n\n\n"
        'def one(name):\n    _run("a " + name)\n\n\ndef two(name):\n    _run("b " + name)\n'
    )
    found = find({"lib.py": text}).findings
    assert [f.entry and f.entry.qualname for f in found] == ["one", "two"]
    assert len({f.fingerprint for f in found}) == 2


def test_ways_to_a_sink_that_itself_is_at_fault_are_one_defect(find: Find) -> None:
    text = view('_run(request.args["d"])') + (
        "\n\n@app.route('/other')\ndef other():\n    _run('b ' + request.form['e'])\n"
        "\n\n@app.route('/third')\ndef third():\n    _run(request.form['f'])\n"
        "\n\ndef _run(line):\n    os.system(line)\n"
    )
    (finding,) = find({"app.py": text}).findings
    ways = [finding, *finding.alternatives]
    keys = [way.entry.key for way in ways if way.entry is not None]
    assert keys == ["d", "e", "f"]
    assert all(way.trace[-1].kind is StepKind.SINK for way in ways)


def test_parts_of_one_document_that_reach_a_sink_are_one_defect(find: Find) -> None:
    text = (
        "import os\nimport yaml\n\n\ndef load(stream):\n    table = yaml.safe_load(stream)\n"
        "    _walk(table)\n    _run(table['first'])\n"
        "\n\ndef _walk(table):\n    for part in table:\n        _run(part)\n"
        "\n\ndef _run(line):\n    os.system(line)\n"
    )
    assert len(find({"lib.py": text}).findings) == 1


def test_two_arguments_of_one_call_are_two_defects(find: Find) -> None:
    text = view('shutil.copy(request.args["a"], request.args["b"])')
    found = find({"app.py": "import shutil\n" + text}).findings
    assert [f.entry and f.entry.key for f in found] == ["a", "b"]


def test_a_reader_that_is_set_up_does_not_vouch_for_another_one(find: Find) -> None:
    text = (
        "from xml.sax import make_parser\nfrom xml.sax.handler import feature_external_ges\n\n\n"
        "def careful(path):\n    reader = make_parser()\n"
        "    reader.setFeature(feature_external_ges, False)\n    reader.parse(path)\n\n\n"
        "def careless(path):\n    make_parser().parse(path)\n"
    )
    assert [f.function for f in find({"lib.py": text}).findings] == ["careless"]


def test_who_passes_a_path_on_purpose_is_no_further_way_in(find: Find) -> None:
    text = (
        "import os\n\n\nclass Store:\n    def __init__(self, path):\n        self.path = path\n\n"
        "    def read(self, reference):\n        return _read(self.path, reference)\n\n"
        "    def note(self, title):\n        return _read(self.path, title)\n\n\n"
        "def _read(path, name):\n    with open(os.path.join(path, name)) as file:\n"
        "        return file.read()\n"
    )
    (finding,) = find({"lib.py": text}).findings
    ways = [finding, *finding.alternatives]
    assert {way.entry.key for way in ways if way.entry is not None} == {"reference", "title"}


def test_the_place_that_an_object_of_another_class_is_about_is_no_further_way_in(
    find: Find,
) -> None:
    text = (
        "import os\n\n\nclass Note:\n    def __init__(self, path):\n        self.path = path\n\n"
        "    def read(self):\n        return _read(self.path)\n\n\n"
        "class Store:\n    def __init__(self, path):\n        self.path = path\n\n"
        "    def names(self):\n        return _read(self.path)\n\n\n"
        "def _read(path):\n    with open(os.path.join('/srv', path)) as file:\n"
        "        return file.read()\n"
    )
    (finding,) = find({"lib.py": text}).findings
    ways = [finding, *finding.alternatives]
    assert {way.entry.qualname for way in ways if way.entry is not None} == {"Note.__init__"}


def test_a_caller_in_a_test_is_no_way_in_unless_tests_count(find: Find) -> None:
    files = {
        "lib.py": "import os\n\n\nclass Job:\n    def __init__(self, line):\n"
        "        self._line = line\n\n    def _run(self):\n        os.system(self._line)\n"
        "\n\ndef _start(line):\n    os.system(line)\n",
        "test_lib.py": "import os\nimport sys\nfrom lib import Job, _start\n\n\nclass Quick(Job):\n"
        "    def go(self):\n        self._line = os.system('')\n        self._line = sys.argv[1]\n"
        "        self._run()\n"
        "\n\ndef test_start():\n    _start(sys.argv[1])\n",
    }
    roles = {"test_lib.py": FileRole.TEST}
    quiet = find(files, roles=roles).findings
    assert {step.span.path for f in quiet for trace in f.traces for step in trace} == {"lib.py"}
    loud = find(files, roles=roles, tests_count=True).findings
    assert {f.function for f in loud if f.level is SourceLevel.LOCAL} == {"Job._run", "_start"}


def test_a_recursion_that_counts_is_followed_to_its_end(find: Find) -> None:
    text = view("go(request.args['d'], 0)") + (
        "\n\ndef go(line, depth):\n    if depth > 50:\n        return\n"
        "    os.system(line)\n    go(line, depth + 1)\n"
    )
    result = find({"app.py": text})
    assert [f.level for f in result.findings] == [SourceLevel.REMOTE]
    assert result.coverage.entries == ()


def test_what_a_method_further_out_sets_reaches_the_one_inside(find: Find) -> None:
    text = (
        "import os\nimport sys\n\n\nclass Job:\n    def _run(self):\n"
        "        os.system(self._line)\n\n    def _middle(self):\n        self._run()\n\n\n"
        "class Quick(Job):\n    def _begin(self):\n        self._line = sys.argv[1]\n\n"
        "    def _go(self, further):\n        self._begin()\n        self._middle()\n"
        "        os.system(further)\n"
        "\n\ndef _main(further):\n    job = Job()\n    job._line = input()\n    job._middle()\n"
        "    os.system(further)\n"
    )
    (finding,) = find({"app.py": text}).findings
    assert {f.entry.qualname for f in (finding, *finding.alternatives) if f.entry} == {
        "Quick._begin",
        "_main",
    }


def test_functions_of_the_same_name_elsewhere_do_not_use_up_the_bound(find: Find) -> None:
    others = "".join(
        f"class C{n}:\n    def load(self):\n        return n\n\n"
        f"    def use(self):\n        return self.load(), json.load({n}), load({n})\n\n\n"
        for n in range(4)
    )
    files = {
        "jobs.py": "import os\n\n\ndef load(line):\n    os.system(line)\n",
        "app.py": VIEW + "from jobs import load\n\n\n@app.route('/x')\ndef x():\n"
        "    load(request.args['d'])\n",
        "more.py": "import json\nfrom json import load\n\n\n" + others,
    }
    result = find(files, bounds=Bounds(callers=2))
    assert [f.level for f in result.findings] == [SourceLevel.REMOTE]
    assert result.coverage.entries == ()


def test_a_bound_on_callers_that_is_hit_is_recorded(find: Find) -> None:
    text = "import os\n\n\ndef load(line):\n    os.system(line)\n\n\n" + "\n\n\n".join(
        f"def use_{n}():\n    load({n})" for n in range(4)
    )
    entries = find({"jobs.py": text + "\n"}, bounds=Bounds(callers=2)).coverage.entries
    assert [e.reason for e in entries] == ["load is mentioned in more than 2 functions"]


def test_what_a_block_is_entered_with_is_looked_at_beside_what_it_gives(find: Find) -> None:
    text = (
        "import zipfile\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n\n"
        "@app.route('/x')\ndef x():\n"
        "    with zipfile.ZipFile(request.args['n']) as out:\n        out.extractall('d')\n"
        "    with open(request.args['n']) as out:\n        return out.read()\n"
    )
    found = {f.sink for f in find({"app.py": text}).findings}
    assert "open" in found
