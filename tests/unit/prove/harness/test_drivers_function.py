"""Functions and methods are called with what they take, wherever the value enters."""

import asyncio
import hmac
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest

from countermine.prove.harness import comparisons, drivers_function
from countermine.prove.harness.inputs import Scene, Value
from countermine.prove.harness.loading import EntryJob
from countermine.prove.harness.observer import Observer


class Clone:
    """Keeps what it is made with."""

    def __init__(self, url: str, depth: int) -> None:
        self.url = url
        self.depth = depth

    def obtain(self) -> str:
        return f"clone {self.url} {self.depth}"

    def again(self, url: str) -> str:
        return f"clone {self.url}, then {url}"


def converted(text: str, kind: str) -> str:
    if kind == "upper":
        return text.upper()
    if kind == "lower":
        return text.lower()
    raise LookupError(kind)


def digested(message: bytes, digest: bytes) -> str:
    return "same" if hmac.compare_digest(message + b"", digest) else f"not {digest!r}"


def compared(digest: object) -> str:
    comparisons.Unlike.seen = isinstance(digest, str)
    return repr(digest)


class Deaf:
    """Stands where an observer does."""

    def tell(self, *_told: object) -> None:
        """Forget it."""


class Client:
    """Can be made while a loop runs, as clients of services can."""

    def __init__(self) -> None:
        asyncio.get_running_loop()

    async def ask(self, name: str) -> str:
        return f"asked {name}"


def listed(config: dict[str, str] | None, name: str) -> str:
    return f"{name} of all" if config is None else f"{name} of {config['place']}"


def filtered(conditions: dict[str, str]) -> str:
    return " and ".join(f"{key} = {value}" for key, value in conditions.items())


# What is told of their parameters is not known to the driver.
digested.__annotations__.clear()
compared.__annotations__.clear()


def result(qualname: str, key: str, tmp_path: Path) -> str:
    entry = EntryJob("function", "shop.py", qualname, "parameter", key, 0, f"{tmp_path}/", ())
    value = Value("parameter", key, "Attack", b"Attack")
    scene = Scene((value,), str(tmp_path), "c", is_attack=False)
    module: ModuleType = sys.modules[__name__]
    return drivers_function.drive(module, entry, scene, cast("Observer", cast("Any", Deaf())))


@pytest.mark.parametrize(
    ("qualname", "key", "expected"),
    [
        ("Clone.obtain", "url", "clone Attack 1"),
        ("Clone.again", "url", "clone cmprobe, then Attack"),
        ("converted", "text", "ATTACK"),
        ("digested", "digest", "not b'Attack'"),
        ("compared", "digest", "b'Attack'"),
        ("Client.ask", "name", "asked Attack"),
        ("listed", "name", "Attack of all"),
        ("filtered", "conditions", "Attack = Attack"),
    ],
)
def test_the_value_enters_where_it_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qualname: str, key: str, expected: str
) -> None:
    monkeypatch.setattr(comparisons.Unlike, "seen", False)
    assert expected in result(qualname, key, tmp_path)
