"""How a test shows that serialised data chooses which code runs."""

from dataclasses import replace

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Encoding, Witness
from countermine.prove.regression.probes import attacks_as_payloads, marker_probe

_NAME = "runs_no_code_of_its_input"
_SUMMARY = "Data that names code to be run when it is loaded is refused, or read as plain data."
_MESSAGE = "code that the data names was run"

_YAML = (
    "!!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path [MARKER]]",
    "!!python/object/apply:os.mkdir [MARKER]",
    "!!python/object/new:os.mkdir [MARKER]",
)
_JSONPICKLE = ('{"py/reduce": [{"py/function": "os.mkdir"}, {"py/tuple": ["MARKER"]}]}',)

_PICKLED = '''class Exploit:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)'''

_WRITTEN = {
    Encoding.PLAIN: ("pickle.dumps(Exploit(marker), protocol=payload)", True),
    Encoding.BASE64: (
        "base64.b64encode(pickle.dumps(Exploit(marker), protocol=payload)).decode()",
        False,
    ),
    Encoding.BASE64_URL: (
        "base64.urlsafe_b64encode(pickle.dumps(Exploit(marker), protocol=payload)).decode()",
        False,
    ),
    Encoding.HEX: ("pickle.dumps(Exploit(marker), protocol=payload).hex()", False),
}
"""Source of the pickle as the target expects it, and whether it is bytes."""


def regressions(finding: Finding, witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe for the format of the sink: code that the data names must not run."""
    sink = finding.sink.lower()
    known = _JSONPICKLE if "jsonpickle" in sink else _YAML
    plain = marker_probe(
        name=_NAME,
        summary=_SUMMARY,
        payloads=tuple(dict.fromkeys([*known, *attacks_as_payloads(witness)])),
        message=_MESSAGE,
    )
    if "yaml" in sink or "jsonpickle" in sink:
        return (plain, replace(plain, by_file=True))
    return _pickles(plain, witness)


def _pickles(plain: RegressionProbe, witness: Witness) -> tuple[RegressionProbe, ...]:
    encodings = [value.encoding for value in witness.attacks[0].inputs]
    used = [one for one in encodings if one in _WRITTEN and one is not Encoding.PLAIN]
    probes = []
    for encoding in dict.fromkeys([*used, Encoding.PLAIN, Encoding.BASE64]):
        value, binary = _WRITTEN[encoding]
        needed = ["import os", "import pickle", *(["import base64"] if "base64" in value else [])]
        probe = replace(
            plain,
            payloads=("2",),
            value=value,
            helpers=_PICKLED,
            imports=tuple(needed),
            binary=binary,
        )
        probes += [probe, *([replace(probe, by_file=True)] if binary else [])]
    return tuple(probes)
