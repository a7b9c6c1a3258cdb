"""Values are packed as their readers unpack them, and what is unpacked is counted."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable

import pytest

from countermine.core.witnesses import Packing
from countermine.prove.drive.packing import MIB, packed
from countermine.prove.harness.observer import Observer
from countermine.prove.harness.sinks_unpacking import Meter, Unpacker

READERS: dict[Packing, Callable[[bytes], bytes]] = {
    Packing.ZLIB: zlib.decompress,
    Packing.GZIP: gzip.decompress,
    Packing.BZ2: bz2.decompress,
    Packing.XZ: lzma.decompress,
}


@pytest.mark.parametrize("packing", READERS)
def test_what_is_packed_comes_out_with_its_blanks(packing: Packing) -> None:
    assert READERS[packing](packed(b"word", packing, 0)) == b"word"
    many = packed(b"word", packing, 3)
    assert READERS[packing](many) == b"word" + b" " * (3 * MIB)
    assert len(many) < 6000


class Seen(Observer):
    def __init__(self) -> None:
        super().__init__("/nowhere/")
        self.told: list[int] = []

    def observe(self, name: str, detail: dict[str, str], *, always: bool = False) -> None:
        assert (name, always) == ("unpacked", False)
        self.told.append(int(detail["bytes"]))


def test_calls_inside_one_another_count_once() -> None:
    seen = Seen()
    meter = Meter(seen)
    inner = meter.counted(lambda: b"123")
    assert meter.counted(lambda: inner() * 2)() == b"123123"
    assert seen.told == [6]


def test_pieces_are_added_up_and_told_now_and_then() -> None:
    seen = Seen()
    unpacker = Unpacker(zlib.decompressobj(), Meter(seen))
    data = packed(b"", Packing.ZLIB, 40)
    text = b"".join(unpacker.decompress(data[at : at + 512]) for at in range(0, len(data), 512))
    assert len(text) == 40 * MIB
    assert unpacker.eof
    assert seen.told[-1] >= 36 * MIB
    assert len(seen.told) < 40
