"""How a test shows that the server calls a host of the visitor's choice."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal


def regressions(_finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probe: the host that the value names is not even looked for."""
    payloads = (
        "http://elsewhere.test/",
        "elsewhere.test/",
        "@elsewhere.test/",
        "//elsewhere.test/",
    )
    return (
        RegressionProbe(
            name="calls_no_host_of_its_input",
            summary="The server calls no host that the value names.",
            payloads=tuple(map(literal, payloads)),
            around=('mock.patch("socket.getaddrinfo", side_effect=OSError) as looked',),
            never='any("elsewhere.test" in str(call) for call in looked.call_args_list)',
            message="the server calls a host that the value names",
            imports=("from unittest import mock",),
        ),
    )
