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
_UNCONNECTED_LDAP = """UNCONNECTED = {
    name: lambda *_, **__: None
    for name in ("simple_bind", "simple_bind_s", "start_tls_s", "unbind", "unbind_s")
}"""
_METHODS_OF_LDAP = frozenset(
    {"search_s", "search_st", "search_ext_s", "delete_s", "modify_s", "add_s", "compare_s"}
)
"""Those of python-ldap that wait for what the directory says."""


def regressions(finding: Finding, _witness: Witness) -> tuple[RegressionProbe, ...]:
    """Return the probes: what has a meaning there is not handed over as it stands."""
    library, _, _ = finding.sink.partition(".")
    method = finding.sink.rpartition(".")[2]
    if library == "ldap3" and method in _METHODS:
        connection, unconnected, answer = "ldap3.Connection", _UNCONNECTED, ""
    elif library in {"ldap", "*"} and method in _METHODS_OF_LDAP:
        connection, unconnected = "ldap.ldapobject.LDAPObject", _UNCONNECTED_LDAP
        answer = ", return_value=[]"
    else:
        return ()
    return tuple(
        RegressionProbe(
            name="keeps_its_input_out_of_searches",
            summary="A value is looked for as it stands; it does not change the search.",
            payloads=payloads,
            around=(
                f'mock.patch.multiple("{connection}", **UNCONNECTED)',
                f'mock.patch("{connection}.{method}"{answer}) as asked',
            ),
            never="any(value in str(call) for call in asked.call_args_list)",
            message="the value is part of what the directory is asked",
            helpers=unconnected,
            imports=(f"import {connection.rpartition('.')[0]}", "from unittest import mock"),
        )
        for payloads in ((_IN_FILTER, _IN_NAME) if "search" in method else (_IN_NAME,))
    )
