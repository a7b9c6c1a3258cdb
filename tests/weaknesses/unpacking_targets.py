"""Small targets that unpack what comes in: flawed, fixed, and wrongly fixed."""

from countermine.core.entrypoints import Channel, EntryKind
from tests.weaknesses.witness_targets import Target

_SERVER = """
import base64, bz2, gzip, io, json, lzma, zlib
from http.server import BaseHTTPRequestHandler

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(unpacked(data))

    def answer(self, text):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(text[:20]).encode())

MOST = 1 << 20

def bounded(unpacker, data):
    text = unpacker.decompress(data, MOST)
    if len(text) >= MOST:
        raise ValueError("too much")
    return text

def pieces(data, unpacker):
    for at in range(0, len(data), 512):
        yield unpacker.decompress(data[at : at + 512])

def unpacked(data):
"""


def _target(name: str, sink: str, sources: tuple[str, ...], wrong: tuple[str, ...] = ()) -> Target:
    def filled(body: str) -> str:
        return _SERVER + "".join(f"    {line}\n" for line in body.split("; "))

    return Target(
        name=name,
        weakness="decompression-bomb",
        kind=EntryKind.METHOD,
        qualname="Handler.do_POST",
        channel=Channel.BODY,
        key=None,
        sink=sink,
        function="unpacked",
        flawed=filled(sources[0]),
        fixed=tuple(map(filled, sources[1:])),
        wrong=tuple(map(filled, wrong)),
    )


UNPACKING = (
    _target(
        "unpacking-zlib",
        "zlib.decompress",
        (
            "return zlib.decompress(data)",
            "return bounded(zlib.decompressobj(), data)",
            "return max(pieces(data, zlib.decompressobj()))",
        ),
        (
            "return b''.join(pieces(data, zlib.decompressobj()))",
            "return zlib.decompress(data)[:MOST]",
            "return zlib.decompressobj().decompress(data)",
            "return b''",
        ),
    ),
    _target(
        "unpacking-gzip",
        "gzip.decompress",
        (
            "return gzip.decompress(data)",
            "return bounded(zlib.decompressobj(31), data)",
        ),
    ),
)
