"""Lines of a head of HTTP tell of themselves, in however many pieces they are written."""

from types import ModuleType
from typing import Any

import pytest

from countermine.prove.harness import sinks_stand_ins
from countermine.prove.harness.sinks_stand_ins import Head


class Told:
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        self.headers: list[tuple[str, str]] = []
        self.wrapped: list[object] = []

    def tell(self, _name: str, detail: dict[str, str]) -> None:
        self.headers.append((detail["name"], detail["text"]))


LONG = b"X-Long: " + b"a" * 15_900


@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 200 OK\r\nX-A: 1\r\nX-B: 2\r\n\r\n",),
        (b"HTTP/1.1 ", b"200 OK\r\nX-A: 1\r\nX-B: 2\r\n\r\nX-C: body\n"),
        (b"HT", b"TP/1.1", b" 2", b"00 OK\r\n", b"X-A: 1\r\nX-", b"B: 2\r\n", b"\r\n", b"X-C: 3\n"),
        (b"HTTP/1.1 200", b" OK\r\nX-A: 1\r\n", b"X-B: 2\n", b"\n"),
        (b"GET ", b"/path HT", b"TP/1.1\r\n", b"X-A: 1\r\nX-B: 2\r\n\r\n"),
        (b"no head", b"HTTP/1.0 404 No\nX-A: 1\nX-B: 2\n\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-A: 1\r\nX-B: 2\r\n\r\n"),
    ],
)
def test_headers_are_told_whatever_pieces_they_come_in(pieces: tuple[bytes, ...]) -> None:
    told = Told()
    head = Head(told)  # type: ignore[arg-type]  # tells only
    for piece in pieces:
        head.written(piece)
    assert told.headers == [("X-A", "1"), ("X-B", "2")]


def test_headers_behind_very_long_ones_are_told() -> None:
    told = Told()
    head = Head(told)  # type: ignore[arg-type]  # tells only
    head.written(b"\r\n".join([b"HTTP/1.1 200 OK", LONG, LONG, b"X-A: 1", b"", b""]))
    assert [name for name, _ in told.headers] == ["X-Long", "X-Long", "X-A"]


@pytest.mark.parametrize("method", ["sendmsg", "writelines"])
def test_what_is_written_in_a_list_is_told(method: str) -> None:
    told, module = Told(), ModuleType("mocks")
    mixin = type("CallableMixin", (), {"__call__": lambda *_args, **_options: None})
    module.CallableMixin = mixin  # type: ignore[attr-defined]  # as the module has it
    sinks_stand_ins.WATCHED["unittest.mock"](module, told)  # type: ignore[arg-type]  # tells only
    stand_in: Any = mixin()
    vars(stand_in)["_mock_new_name"] = method
    stand_in([b"HTTP/1.1 200 OK\r\n", bytearray(b"X-A: 1\r\n"), "text", b"\r\n"])
    assert told.headers == [("X-A", "1")]
