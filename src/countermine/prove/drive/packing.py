"""Packs values as a target unpacks them, with as many blanks behind them as are asked for."""

import bz2
import lzma
import struct
import zlib
from functools import lru_cache

from countermine.core.witnesses import Packing

MIB = 1 << 20
_BLANKS = b" " * MIB


@lru_cache(maxsize=64)
def packed(data: bytes, packing: Packing, blanks: int) -> bytes:
    """Return data with so many MiB of blanks behind it, packed."""
    packer: bz2.BZ2Compressor | lzma.LZMACompressor
    match packing:
        case Packing.ZLIB | Packing.GZIP:
            return _deflated(data, blanks, gzip=packing is Packing.GZIP)
        case Packing.BZ2:
            packer = bz2.BZ2Compressor()
        case Packing.XZ:
            packer = lzma.LZMACompressor(preset=1)
    parts = [packer.compress(data), *(packer.compress(_BLANKS) for _ in range(blanks))]
    return b"".join([*parts, packer.flush()])


def _deflated(data: bytes, blanks: int, *, gzip: bool) -> bytes:
    """Return data packed by RFC 1950 or 1952.

    What stands behind a full flush needs nothing of what stands before it: a block of blanks is
    packed once, and repeated.
    """
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
