"""Regression tests of handlers of further web frameworks, from the package index."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from countermine.core.entrypoints import Channel, EntryKind
from countermine.core.environment import Environment
from countermine.prove.steps import Passed
from tests.unit.prove.test_regressions_real import Flaw, written
from tests.unit.prove.test_regressions_real_web import environment_with
from tests.weaknesses.entered_frameworks import AIOHTTP, BOTTLE, CLICK, QUART, TORNADO, WSGI

pytestmark = pytest.mark.online

PACKAGES = ("aiohttp", "bottle", "click", "quart", "tornado", "typer", "werkzeug")


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return environment_with(tmp_path_factory.mktemp("environment") / "venv", *PACKAGES)


@pytest.fixture
def root() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="countermine-targets-"))
    yield path
    shutil.rmtree(path)


def flaw(
    code: str, kind: EntryKind, function: str, value: tuple[Channel, str | None], *change: str
) -> Flaw:
    """Return a flaw; the change is the weakness, the sink, what is replaced, and by what."""
    weakness, sink, old, new = change
    return Flaw(
        weakness=weakness,
        sink=sink,
        code=code,
        old=old,
        new=new,
        function=function,
        channel=value[0],
        key=value[1],
        kind=kind,
        path="shop/app.py",
    )


def commands(old: str) -> tuple[str, str, str, str]:
    """Return the change that has a value quoted."""
    value = old.removeprefix('"echo " + ')
    return (
        "command-injection",
        "subprocess.check_output",
        old,
        f'"echo " + __import__("shlex").quote({value})',
    )


C, K = Channel, EntryKind
FLAWS = (
    flaw(AIOHTTP, K.ASGI_ROUTE, "ping", (C.FORM, "host"), *commands('"echo " + data["host"]')),
    flaw(
        *(AIOHTTP, K.ASGI_ROUTE, "download", (C.PATH, "name"), "path-traversal", "open"),
        *("os.path.join(FOLDER, name)", "os.path.join(FOLDER, os.path.basename(name))"),
    ),
    flaw(
        *(TORNADO, K.METHOD, "Ping.post", (C.FORM, "host")),
        *commands('"echo " + self.get_body_argument("host")'),
    ),
    flaw(
        *(BOTTLE, K.FUNCTION, "ping", (C.FORM, "host")),
        *commands('"echo " + request.forms.get("host")'),
    ),
    flaw(QUART, K.ASGI_ROUTE, "ping", (C.FORM, "host"), *commands('"echo " + form["host"]')),
    flaw(
        *(WSGI, K.FUNCTION, "ping", (C.QUERY, "host")),
        *commands('"echo " + request.args["host"]'),
    ),
    flaw(
        *(CLICK, K.SCRIPT, "ping", (C.ARGV, "label"), "command-injection", "subprocess"),
        *('"echo %s %d" % (label, count)', '"echo %d" % count'),
    ),
    flaw(CLICK, K.SCRIPT, "greet", (C.ARGV, "name"), *commands('"echo " + name')),
)


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda one: f"{one.name} {one.function}")
def test_a_test_of_a_handler_fails_without_the_fix_only(
    root: Path, environment: Environment, flaw: Flaw
) -> None:
    step, test = written(root, flaw, environment)
    assert isinstance(step, Passed), step
    assert test is not None
