"""Packs values as a target unpacks them, with as many blanks behind them as are asked for.

What is packed is never held whole: how much memory a target takes is what some witnesses look at.
"""

from __future__ import annotations

import importlib
import struct
from typing import Any

MIB = 1 << 20
_BLANKS = b" " * MIB


def packed(data: bytes, packing: str, blanks: int) -> bytes:
    """Return data with so many MiB of blanks behind it, packed."""
    if packing in {"zlib", "gzip"}:
        return _deflated(data, blanks, gzip=packing == "gzip")
    if packing == "bz2":
        packer = importlib.import_module("bz2").BZ2Compressor()
    else:
        packer = importlib.import_module("lzma").LZMACompressor(preset=1)
    parts = [packer.compress(data), *(packer.compress(_BLANKS) for _ in range(blanks))]
    return b"".join([*parts, packer.flush()])


def _deflated(data: bytes, blanks: int, *, gzip: bool) -> bytes:
    """Return data packed by RFC 1950 or 1952.

    What stands behind a full flush needs nothing of what stands before it: a block of blanks is
    packed once, and repeated.
    """
    zlib: Any = importlib.import_module("zlib")
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(_BLANKS) + packer.flush(zlib.Z_FULL_FLUSH) if blanks else b""
    inside = first + block * blanks + packer.flush()
    check = zlib.crc32 if gzip else zlib.adler32
    found = check(data)
    for _ in range(blanks):
        found = check(_BLANKS, found)
    if not gzip:
        return b"".join((b"\x78\xda", inside, struct.pack(">I", found)))
    size = (len(data) + blanks * MIB) & 0xFFFFFFFF
    head = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
    return b"".join((head, inside, struct.pack("<II", found, size)))
