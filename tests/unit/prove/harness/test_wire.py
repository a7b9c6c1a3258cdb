"""A value enters in the form that the entry point takes off first."""

import zlib
from pathlib import Path
from typing import Any

import pytest

from countermine.prove.harness import usage
from countermine.prove.harness.arguments import build
from countermine.prove.harness.inputs import Scene, Value


class Box:
    """Turns texts around, and takes no bytes."""

    def encrypt(self, text: str) -> str:
        return "".join(reversed(text))

    def decrypt(self, text: str) -> str:
        return "".join(reversed(text))


class Reader:
    """Reads what only it can write."""

    def __init__(self) -> None:
        self.box = Box()

    def read(self, stream: Any) -> Any:
        return int(self.box.decrypt(stream))

    def read_both(self, data: Any) -> Any:
        return self.box.decrypt(zlib.decompress(data).decode())

    def read_again(self, data: Any) -> Any:
        return zlib.decompress(zlib.decompress(data))


def given(function: Any, tmp_path: Path) -> Any:
    value = Value("parameter", None, "attack", b"attack")
    scene = Scene(values=(value,), base=str(tmp_path), canary="c", is_attack=True)
    return build(function, scene).positional[0]


def test_what_is_decrypted_is_encrypted_by_its_owner(tmp_path: Path) -> None:
    assert given(Reader().read, tmp_path) == "kcatta"


def test_layers_are_put_on_in_their_order(tmp_path: Path) -> None:
    assert Reader().read_again(given(Reader().read_again, tmp_path)) == b"attack"


def test_calls_alone_are_undone(tmp_path: Path) -> None:
    # What is decrypted is not the value, but what else was done to it.
    assert zlib.decompress(given(Reader().read_both, tmp_path)) == b"attack"


@pytest.mark.parametrize("shape", ["", "text", 'one of ["a"]'])
def test_other_shapes_undo_nothing(shape: str) -> None:
    assert usage.undone(shape) == []
