"""How a test shows that a value becomes part of a filter, or of the name of an entry."""

from countermine.core.findings import Finding
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.regression.probes import literal

_IN_FILTER = (literal("sample)(cn=*"),)
_IN_NAME = (literal("sample,ou=other"),)
_UNCONNECTED = """UNCONNECTED = {
    "__enter__": lambda connection: connection,
    "__exit__": lambda *_: None,
    "_do_auto_bind": lambda _: None,
    "bind": lambda *_, **__: True,
    "unbind": lambda *_, **__: True,
}"""
_METHODS = frozenset({"search", "delete", "modify", "modify_dn", "add", "compare"})


def regressions(finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: what has a meaning there is not handed over as it stands."""
    library, _, _ = finding.sink.partition(".")
    method = finding.sink.rpartition(".")[2]
    if library != "ldap3" or method not in _METHODS:
        return ()
    return tuple(
        RegressionProbe(
            name="keeps_its_input_out_of_searches",
            summary="A value is looked for as it stands; it does not change the search.",
            payloads=payloads,
            around=(
                'mock.patch.multiple("ldap3.Connection", **UNCONNECTED)',
                f'mock.patch("ldap3.Connection.{method}") as asked',
            ),
            never="any(value in str(call) for call in asked.call_args_list)",
            message="the value is part of what the directory is asked",
            helpers=_UNCONNECTED,
            imports=("import ldap3", "from unittest import mock"),
        )
        for payloads in ((_IN_FILTER, _IN_NAME) if method == "search" else (_IN_NAME,))
    )
