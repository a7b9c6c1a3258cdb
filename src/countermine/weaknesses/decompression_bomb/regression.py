"""How a test shows that very much is unpacked at once."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Encoding, Packing, Witness

_MODULES = {
    Packing.ZLIB: "zlib",
    Packing.GZIP: "gzip",
    Packing.BZ2: "bz2",
    Packing.XZ: "lzma",
}
_ENCODED = {
    Encoding.BASE64: ("base64.b64encode(payload).decode()", ("import base64",)),
    Encoding.BASE64_URL: ("base64.urlsafe_b64encode(payload).decode()", ("import base64",)),
    Encoding.HEX: ("payload.hex()", ()),
}
_MEASURED = '''@contextmanager
def measured():
    """Note the most memory that is held inside, in bytes."""
    held = []
    tracemalloc.start()
    try:
        yield held
    finally:
        held.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()'''


def regressions(_finding: Finding, witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: of what comes out of a few bytes no more is held than there is use for."""
    given = witness.attacks[0].inputs[0]
    if given.packing is None:
        return ()
    module = _MODULES[given.packing]
    value, imports = _ENCODED.get(given.encoding, ("payload", ()))
    return (
        RegressionProbe(
            name="unpacks_no_more_than_it_may",
            summary="Of 128 MiB that are packed into a few bytes, not nearly as much is held.",
            payloads=(f'{module}.compress(b" " * (128 << 20))',),
            value=value,
            binary=value == "payload",
            around=("measured() as held",),
            never="held[0] > 96 << 20",
            message="all that was packed is held at once",
            helpers=_MEASURED,
            imports=(
                f"import {module}",
                "import tracemalloc",
                "from contextlib import contextmanager",
                *imports,
            ),
        ),
    )
