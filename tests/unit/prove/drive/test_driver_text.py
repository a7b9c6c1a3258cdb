"""A driver that nobody vouches for is read, not run, and cannot make the observer see anything."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import Environment
from countermine.core.spans import tree_path
from countermine.core.weakness import Fingerprint, WeaknessId
from countermine.core.witnesses import CANARY, Input, Observation, Stimulus, Witness, WitnessKind
from countermine.ports.sandbox import Sandbox
from countermine.prove.drive.drive import drive
from countermine.prove.drive.request import DriveRequest
from countermine.prove.harness.driver_text import DriverTextError, read

TARGET = """
import os
import subprocess
from collections import namedtuple  # makes its classes by code of its own

Row = namedtuple("Row", "name")


class Store:
    limit = 1

    def __init__(self, folder, strict):
        self.folder, self.strict = folder, strict

    @property
    def size(self):
        return 1

    def run(self, value):
        os.system("true " + self.folder + value)
        if hasattr(self, "database"):
            self.database.execute("DELETE " + value)
        return len(self.folder)

    def other(self, value):
        os.system(value)


    def _hidden(self, request):
        os.system("true " + request.headers["x"])


def _private(value):
    os.system("true " + value)


def made(word):
    def sink(value):
        os.system("true " + word + value)

    def door(value):
        sink(value)

    return door


class Elsewhere:
    def run(self, value):
        os.system("true " + value)


class Kept:
    def __init__(self, word):
        self.word = word

    def use(self, also=""):
        os.system("true " + self.word + also)
        return "used"

    def keep(self, word):
        self.word = word


shared = Kept("own")
shared.check = len


class Given:
    def __init__(self):
        def sink(value="known"):
            os.system("true " + value)

        def other(value="known"):
            os.system("false " + value)

        self.sink, self.other, self.renamed = sink, other, other


class Answer:
    def __init__(self, connection):
        self.connection, self.lines = connection, [b"HTTP/1.1 200 OK"]

    def add(self, value):
        self.lines.append(b"X-Name: " + value.encode())

    def send(self):
        for line in self.lines:
            self.connection.sendall(line + b"\\r\\n")
        self.connection.sendall(b"\\r\\nX-Body: text\\r\\n")


def evaluated(text):
    return eval(text)


def started(command):
    return subprocess.call(command, shell=True)


def written(path, text):
    with open(path, "w") as file:
        file.write(text)
"""


class Drive(Protocol):
    """Drives a text, and tells what was seen."""

    def __call__(
        self, driver: str, qualname: str = ..., *, fed: bool = ..., channel: Channel = ...
    ) -> Observation: ...


def test_what_a_driver_may_say_is_read() -> None:
    said = read(
        "import app\n"
        "from io import BytesIO\n"
        "def drive(value):\n"
        '    """Lead to the flaw."""\n'
        "    store = app.Store('/x', strict=-1)\n"
        "    app.prepare([1, (2, None)], {'a': b'b'})\n"
        "    return store.run(value)\n"
    )
    assert [one.module for one in said.imports] == ["app", "io"]
    assert [one.name for one in said.set_up] == ["store", None]
    assert said.parameter == "value"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("    if app.FIXED:\n        return app.run('x')\n    return app.run(value)", "branches"),
        ("    app.a.b = []\n    return app.run(value)", "a name or an attribute"),
        ("    x = app.X()\n    x._a = 1\n    return app.run(value)", "_a is not public"),
        ("    x = app.X()\n    x.a = value\n    return app.run(value)", "nowhere else"),
        ("    x = app.X()\n    x[0] = 1\n    return app.run(value)", "a name or an attribute"),
        ("    return app.run(f'{value!r}')", "constants and"),
        ("    return app.run(f'{value:>9}')", "constants and"),
        ("    return app.run(f'{app.x}{value}')", "constants and"),
        ("    return app.run(f'{value}{value}')", "once"),
        ("    app.seen.append(value)\n    return app.run(value)", "nowhere else"),
        ("    x = app.Store.__init__\n    return app.run(value)", "__init__ is not public"),
        ("    x = app._private('x')\n    return app.run(value)", "_private is not public"),
        ("    return app.run(app._private(value))", "_private is not public"),
        ("    return app.__call__(value)", "__call__ is not public"),
        ("    return app.run(value)._kept()", "_kept is not public"),
        ("    x = app.X()\n    x.run(value)\n    return x._kept()", "_kept is not public"),
        ("    x = app.X()\n    x.run(value)\n    return x.use(value)", "nowhere else"),
        ("    x = app.X()\n    x.run(value)\n    return app.use()", "nowhere else"),
        ("    x = app.X()\n    x.run(value)\n    x.use()\n    return x.use()", "nowhere else"),
        ("    x = app.X()\n    y = x.run(value)\n    return x.use()", "nowhere else"),
        ("    app.X().run(value)\n    return app.X().use()", "nowhere else"),
        ("    x = [y for y in app.all]\n    return app.run(value)", "ListComp has no place"),
        ("    x = (lambda: 1)()\n    return app.run(value)", "Lambda has no place"),
        ("    x = f'{app.run}'\n    return app.run(value)", "JoinedStr has no place"),
        ("    return app.run(value, value)", "once"),
        ("    return value.upper()", "calls the entry point"),
        ("    return app.run('x')", "once"),
        ("    return app.run(*value)", "Starred has no place"),
        ("    return app.run(**{'value': value})", "not unpacked"),
        ("    x = app.run(**{})\n    return app.run(value)", "not unpacked"),
        ("    pass", "calls the entry point"),
        ("    return app.run(value)\ndef attack(canary): pass", "one function"),
        ("    return app.run(value)\nimport os.path", "with `as`"),
        ("    from app import _hidden\n    return app.run(value)", "only public names"),
        ("    return app.run(value)\nprint('told')", "nothing else"),
        ("    return app.run(" + "(" * 60 + "value" + ",)" * 60 + ")", "larger, or deeper"),
        ("    return app.run(value, " + "1," * 3000 + ")", "larger, or deeper"),
        ("    return app.run(value, '" + "x" * 20_000 + "')", "at most"),
        ("    return app.run(value", "no Python"),
    ],
)
def test_what_a_driver_may_not_say_is_refused_with_its_place(body: str, why: str) -> None:
    with pytest.raises(DriverTextError, match=why.replace("(", r"\(")):
        read(f"import app\ndef drive(value):\n{body}\n")


@pytest.mark.parametrize("head", ["value=1", "*value", "one, two", "canary", "*, value"])
def test_a_driver_takes_the_value_and_no_more(head: str) -> None:
    with pytest.raises(DriverTextError, match="takes `value`"):
        read(f"import app\ndef drive({head}):\n    return app.run(value)\n")


def test_what_takes_no_value_has_none() -> None:
    assert read("import app\ndef drive():\n    return app.run(1)\n").parameter == ""
    with pytest.raises(DriverTextError, match="line 3"):
        read("import app\ndef drive():\n    return app.value\n")


@pytest.fixture
def driven(tmp_path: Path, plain_environment: Environment, sandbox: Sandbox) -> Drive:
    (tmp_path / "app.py").write_text(TARGET)
    entry = EntryPoint(
        kind=EntryKind.METHOD,
        path=tree_path("app.py"),
        qualname="Store.run",
        channel=Channel.PARAMETER,
        key="value",
    )

    def drive_it(
        driver: str,
        qualname: str = "Store.run",
        *,
        fed: bool = True,
        channel: Channel = Channel.PARAMETER,
    ) -> Observation:
        value = Input(channel=channel, key="value", text=";{canary}")
        inputs = (value,) if fed else ()
        stimuli = [Stimulus(name=name, inputs=inputs) for name in ("control", "attack")]
        witness = Witness(
            weakness=WeaknessId("command-injection"),
            fingerprint=Fingerprint("0" * 64),
            kind=WitnessKind.EFFECT,
            entry=replace(entry, qualname=qualname),
            sink="os.system",
            sink_path=tree_path("app.py"),
            sink_function="Store.run",
            attacks=(stimuli[1],),
            controls=(stimuli[0],),
            driver=driver,
        )
        request = DriveRequest(
            witness=witness,
            stimuli=(stimuli[1],),
            tree=tmp_path,
            environment=plain_environment,
            sandbox=sandbox,
        )
        return drive(request)[0]

    return drive_it


def commands(seen: Observation) -> list[str | None]:
    return [event.get("shell") for event in seen.events if event.name == "command"]


def test_a_driver_sets_up_and_the_observer_sees_what_the_value_does(driven: Drive) -> None:
    seen = driven(
        "from app import Store\n"
        "def drive(value):\n"
        "    store = Store('known', strict=True)\n"
        "    return store.run(value)\n"
    )
    assert seen.reached
    assert seen.closed
    assert seen.result == "5"
    assert commands(seen) == [f"true known;{CANARY}"]


def test_a_value_may_be_wanted_as_bytes_inside_something(driven: Drive) -> None:
    seen = driven(
        "import app, io\ndef drive(data):\n    return app.Store('', 1).run(io.BytesIO(data))\n"
    )
    assert seen.error is not None
    assert "BytesIO" in seen.error


def test_where_nothing_is_fed_in_the_value_is_a_word(driven: Drive) -> None:
    seen = driven("import app\ndef drive(value):\n    app.Store('', 1).run(value)\n", fed=False)
    assert commands(seen) == ["true cmprobe"]


def test_the_value_may_stand_inside_a_text(driven: Drive) -> None:
    seen = driven("import app\ndef drive(value):\n    app.Store('', 1).run(f'a {value} b')\n")
    assert commands(seen) == [f"true a ;{CANARY} b"]


def test_an_object_of_the_set_up_gets_attributes(driven: Drive) -> None:
    seen = driven(
        "import app\n"
        "def drive(value):\n"
        "    store = app.Store('x', 1)\n"
        "    store.folder = 'later'\n"
        "    store.run(value)\n"
    )
    assert commands(seen) == [f"true later;{CANARY}"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("app.Store = None", "may not set app.Store"),
        ("store = app.Store\n    store.limit = 2", "may not set store.limit"),
        ("store = app.Store('', 1)\n    store.run = None", "may not set store.run"),
        ("mock = Mock()\n    mock.side_effect = app.started", "may not set mock.side_effect"),
        ("Mock(side_effect=app.started)", "does nothing when it is called"),
        ("Mock(wraps=app)", "does nothing when it is called"),
        ("Mock(app.Store)", "does nothing when it is called"),
        ("mock = Mock()\n    mock.execute('x')", "nothing is asked of a stand-in"),
        ("mock = Mock()\n    mock('x')", "may not make this call"),
        ("data = [1]\n    data.x = 1", "may not set data.x"),
    ],
)
def test_a_driver_changes_nothing_of_the_target_and_runs_no_stand_in(
    driven: Drive, line: str, why: str
) -> None:
    seen = driven(
        "import app\nfrom unittest.mock import Mock\n"
        f"def drive(value):\n    {line}\n    return app.Store('', 1).run(value)\n"
    )
    assert not seen.reached
    assert seen.error is not None
    assert why in seen.error


def test_a_statement_that_reaches_a_stand_in_is_seen(driven: Drive) -> None:
    seen = driven(
        "import app\nfrom unittest.mock import Mock\n"
        "def drive(value):\n"
        "    store = app.Store('', 1)\n"
        "    store.database = Mock()\n"
        "    store.run(value)\n"
    )
    stated = [event.get("sql") for event in seen.events if event.name == "sql"]
    assert stated == [f"DELETE ;{CANARY}"]


def test_the_entry_point_may_be_private_and_take_a_request_that_holds_the_value(
    driven: Drive,
) -> None:
    source = (
        "import app\nfrom types import SimpleNamespace\n"
        "def drive(value):\n"
        "    app.Store('', 1)._hidden(SimpleNamespace(headers={'x': value}))\n"
    )
    assert commands(driven(source, "Store._hidden")) == [f"true ;{CANARY}"]
    other = driven(source)
    assert not other.reached
    assert commands(other) == []
    module = driven("import app\ndef drive(value):\n    app._private(value)\n", "_private")
    assert commands(module) == [f"true ;{CANARY}"]


def test_a_function_that_stands_beside_the_entry_point_inside_another_may_be_called(
    driven: Drive,
) -> None:
    source = "import app\ndef drive(value):\n    return app.made('x')(value)\n"
    assert commands(driven(source, "made.sink")) == [f"true x;{CANARY}"]
    for entry in ("made.missing", "made", "Store.run"):
        seen = driven(source, entry)
        assert not seen.reached
        assert commands(seen) == []


def test_another_method_of_the_object_may_use_what_the_entry_point_kept(driven: Drive) -> None:
    source = (
        "import app\n"
        "def drive(value):\n"
        "    thing = app.Kept('x')\n"
        "    thing.keep(value)\n"
        "    return thing.use('!')\n"
    )
    seen = driven(source, "Kept.keep")
    assert seen.reached
    assert seen.result == "'used'"
    assert commands(seen) == [f"true ;{CANARY}!"]
    # The value goes into the finding's own entry point, whatever comes behind it.
    other = driven(source, "Kept.use")
    assert not other.reached
    assert commands(other) == []


@pytest.mark.parametrize(
    ("entry", "lines"),
    [
        ("_private", "app._private(value)\n    app.made('x')"),
        ("evaluated", "x = SimpleNamespace(run=app.evaluated)\n    x.run(value)\n    x.run('1')"),
        ("Kept.keep", "x = app.Kept('a')\n    x.also = app.made\n    x.keep(value)\n    x.also(1)"),
    ],
)
def test_only_a_method_of_the_object_comes_behind_the_entry_point(
    driven: Drive, entry: str, lines: str
) -> None:
    head = "import app\nfrom types import SimpleNamespace\ndef drive(value):\n    "
    seen = driven(f"{head}{lines}\n", entry)
    assert not seen.reached
    assert commands(seen) == []
    assert seen.error is not None
    assert "no object of the set-up" in seen.error


def test_the_lines_of_a_head_that_reach_a_connection_are_headers(driven: Drive) -> None:
    seen = driven(
        "import app\nfrom unittest.mock import Mock\n"
        "def drive(value):\n"
        "    answer = app.Answer(Mock())\n"
        "    answer.add(value)\n"
        "    answer.send()\n",
        "Answer.add",
    )
    told = [(event.get("name"), event.get("text")) for event in seen.events]
    assert ("X-Name", f";{CANARY}") in told
    assert ("X-Body", "text") not in told


@pytest.mark.parametrize("parameter", ["value", "text"])
def test_what_a_file_holds_is_a_text_where_that_is_wanted(driven: Drive, parameter: str) -> None:
    source = f"import app\ndef drive({parameter}):\n    app.Store('x', 1).run({parameter})\n"
    (command,) = commands(driven(source, channel=Channel.FILE_CONTENT))
    assert (command == f"true x;{CANARY}") is (parameter == "text")
    around = source.replace(f"run({parameter})", f"run(f'a {{{parameter}}}')")
    seen = driven(around, channel=Channel.FILE_CONTENT)
    assert seen.reached is (parameter == "text")


CONFIGURED = "import app\nfrom app import shared, Kept, started\nfrom unittest.mock import Mock\n"


def test_an_object_of_a_module_is_given_data_as_who_configures_it_would(driven: Drive) -> None:
    source = f"{CONFIGURED}def drive(value):\n    shared.word = 'given'\n    shared.use(value)\n"
    assert commands(driven(source, "Kept.use")) == [f"true given;{CANARY}"]


@pytest.mark.parametrize(
    "line",
    [
        "shared.use = 'x'",  # a method
        "shared.check = 'x'",  # a function that it was given
        "shared.word = started",
        "shared.word = Mock()",
        "shared.word = Kept",
        "Kept.word = 'x'",
        "app.shared = 'x'",
        "started.word = 'x'",
        "shared._word = 'x'",
    ],
)
def test_what_can_be_called_is_never_replaced_in_a_module(driven: Drive, line: str) -> None:
    source = f"{CONFIGURED}def drive(value):\n    {line}\n    shared.use(value)\n"
    seen = driven(source, "Kept.use")
    assert not seen.reached
    assert commands(seen) == []


@pytest.mark.parametrize("fed", [True, False])
def test_a_driver_takes_nothing_where_nothing_is_fed_in(driven: Drive, *, fed: bool) -> None:
    seen = driven("import app\ndef drive():\n    return app.Kept('a').use()\n", "Kept.use", fed=fed)
    assert seen.reached is not fed
    assert commands(seen) == ([] if fed else ["true a"])


def test_a_function_that_a_constructor_makes_is_called_by_its_own_name(driven: Drive) -> None:
    source = "import app\ndef drive(value):\n    app.Given().{}(value)\n"
    seen = driven(source.format("sink"), "Given.__init__.sink")
    assert commands(seen) == [f"true ;{CANARY}"]
    for name in ("other", "renamed"):
        seen = driven(source.format(name), "Given.__init__.sink")
        assert not seen.reached
        assert commands(seen) == []


def test_an_effect_before_the_entry_point_is_not_told(driven: Drive) -> None:
    seen = driven(
        "import app\n"
        "def drive(value):\n"
        "    app.Store('x', 1).run(';cmcanaryword')\n"
        "    return app.Store('y', 1).run(value)\n"
    )
    assert not seen.reached
    assert seen.error is not None
    assert "its set-up ran" in seen.error


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("app.Store('', 1).other(value)", "does not call Store.run"),
        ("app.Elsewhere().run(value)", "does not call Store.run"),
        ("app.os.system(value)", "may not use os"),
        ("app.Store('', 1).folder.upper(value)", "may not use upper"),
        ("missing.run(value)", "there is no missing"),
        ("app.Store('', 1).run(app.Elsewhere().run(value))", "may not make this call"),
        ("app.Store('', 1).run(str.join)", "once"),
    ],
)
def test_a_driver_reaches_nothing_but_the_entry_point(driven: Drive, line: str, why: str) -> None:
    seen = driven(f"import app\ndef drive(value):\n    return {line}\n")
    assert not seen.reached
    assert commands(seen) == []
    assert seen.error is not None
    assert why in seen.error


@pytest.mark.parametrize("name", ["os", "gc", "unittest.mock"])
def test_a_driver_has_no_library_that_does_anything(driven: Drive, name: str) -> None:
    last = name.rpartition(".")[2]
    seen = driven(
        f"import app\nimport {name} as library\ndef drive(value):\n"
        f"    made = library.{last}\n    return app.Store('', 1).run(value)\n"
    )
    assert not seen.reached
    assert seen.error is not None
    assert "may not use" in seen.error


@pytest.mark.parametrize(
    "line",
    [
        'app.evaluated("1 + 1")',
        "app.started('true')",
        "app.written('/tmp/planted.py', 'x = 1')",
        "app.written('/target/page.html', 'x')",
    ],
)
def test_a_set_up_that_runs_or_plants_code_shows_nothing(driven: Drive, line: str) -> None:
    seen = driven(
        f"import app\ndef drive(value):\n    {line}\n    return app.Store('', 1).run(value)\n"
    )
    assert not seen.reached
    assert seen.error == "its set-up ran, or wrote, code that is in no file of the target"
    assert commands(seen) == []


def test_a_method_of_what_a_constructor_makes_may_be_called(driven: Drive) -> None:
    source = "import app\ndef drive(value):\n    return app.Kept(value).use(also='!')\n"
    seen = driven(source, "Kept.__init__")
    assert seen.reached
    assert seen.result == "'used'"
    assert commands(seen) == [f"true ;{CANARY}!"]


@pytest.mark.parametrize(
    ("line", "entry", "why"),
    [
        ("app.Store('', 1).run(value).bit_length()", "Store.run", "makes no object"),
        ("app.Kept(value).missing()", "Kept.__init__", "no attribute 'missing'"),
        ("app.Kept(value).word.upper()", "Kept.__init__", "calls the entry point with"),
        ("app.Kept('x').use(value)", "Kept.__init__", "does not call Kept.__init__"),
        ("app.Kept(value).use(value)", "Kept.__init__", "once"),
        ("app.Kept(value).__init__('x')", "Kept.__init__", "is not public"),
    ],
)
def test_nothing_else_goes_on_from_an_entry_point(
    driven: Drive, line: str, entry: str, why: str
) -> None:
    seen = driven(f"import app\ndef drive(value):\n    return {line}\n", entry)
    assert commands(seen) == []
    assert not seen.reached
    assert seen.error is not None
    assert why in seen.error
