"""How a test shows that certificates are not checked."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal


def regressions(finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: what is sent, or made for sending, asks for certificates."""
    module = finding.sink.partition(".")[0]
    if module == "requests":
        never = 'any(call.kwargs.get("verify") is False for call in sent.call_args_list)'
        return (
            _probe(
                'mock.patch("requests.adapters.HTTPAdapter.send", autospec=True) as sent', never
            ),
        )
    if module != "ssl":
        return ()
    name = "ssl._create_unverified_context"
    modes = 'mock.patch("ssl.SSLContext.verify_mode", new_callable=mock.PropertyMock) as modes'
    names = 'mock.patch("ssl.SSLContext.check_hostname", new_callable=mock.PropertyMock) as names'
    return (
        _probe(f'mock.patch("{name}", wraps={name}) as unchecked', "unchecked.called"),
        _probe(modes, "mock.call(ssl.CERT_NONE) in modes.call_args_list"),
        _probe(names, "mock.call(False) in names.call_args_list"),
    )


def _probe(around: str, never: str) -> RegressionProbe:
    return RegressionProbe(
        name="checks_certificates",
        summary="Who does not ask for a certificate talks to whoever stands in between.",
        payloads=(literal("sample"),),
        inputless=True,
        around=(around,),
        never=never,
        message="the certificate of the other end is not checked",
        imports=(
            *(["import ssl"] if "ssl." in never + around else []),
            "from unittest import mock",
        ),
    )
