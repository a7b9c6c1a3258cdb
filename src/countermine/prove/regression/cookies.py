"""Probes for cookies that may go further than they should."""

from countermine.core.regressions import RegressionProbe
from countermine.prove.regression.probes import literal

_OWNERS = ("flask.Response", "django.http.HttpResponse", "starlette.responses.Response")


def without(sink: str, attribute: str) -> tuple[RegressionProbe, ...]:
    """Return probes that no cookie is set without an attribute."""
    owner, _, method = sink.rpartition(".")
    if method != "set_cookie":
        return ()
    owners = _OWNERS if owner == "*" else (owner,)
    return tuple(_probe(one, attribute) for one in owners)


def _probe(owner: str, attribute: str) -> RegressionProbe:
    module = owner.rpartition(".")[0]
    given = f'call.kwargs.get("{attribute}")'
    return RegressionProbe(
        name=f"sets_{attribute}_cookies",
        summary=f"The cookie is given out with the attribute {attribute}.",
        payloads=(literal("sample"),),
        inputless=True,
        around=(f'mock.patch("{owner}.set_cookie", autospec=True) as cookies',),
        never=f"any(not {given} for call in cookies.call_args_list)",
        message=f"a cookie is given out without {attribute}",
        imports=(f"import {module}", "from unittest import mock"),
    )
