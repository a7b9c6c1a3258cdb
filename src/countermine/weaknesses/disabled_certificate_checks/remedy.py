"""Remedies: the check of certificates that libraries make unless they are told not to."""

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import home
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, argument, has_starred, misfit, other_kind, sink_call
from countermine.fix.tree import descend, innermost
from countermine.prove.checks_off import option_behind
from countermine.weaknesses.disabled_certificate_checks.handshakes import name_servers

_OFF = {
    "verify": ("requests", "httpx"),
    "ssl": ("aiohttp",),
    "verify_ssl": ("aiohttp",),
    "check_hostname": ("http", "urllib", "six"),
    "disable_ssl_certificate_validation": ("httplib2",),
    "validate_cert": ("tornado",),
    "verify_certs": ("elasticsearch",),
    "tlsAllowInvalidCertificates": ("pymongo",),
}
"""Options that only turn a check off, and the libraries that check without them."""
_SUMMARY = "Check the certificate of the other end"


def _option_left_out(site: Site, draft: Draft) -> str | NoRemedy:
    _leave_to_option(site)
    call = sink_call(site)
    if call is None or has_starred(call):
        other_kind()
    library = site.finding.sink.partition(".")[0]
    options = [argument(call, None, name) for name in _OFF if library in _OFF[name]]
    given = next((one for one in options if one is not None), None)
    if given is None:
        other_kind()
    draft.remove_argument(call, given)
    return _SUMMARY


def _checked_context(site: Site, draft: Draft) -> str | NoRemedy:
    _leave_to_option(site)
    call = sink_call(site)
    if call is None or site.callee(call) != "ssl._create_unverified_context":
        other_kind()
    if call.args:
        misfit("the context is made with settings of its own")
    name_servers(site, draft)
    draft.replace(call.func, draft.member("ssl", "create_default_context"))
    return _SUMMARY


def _required(site: Site, draft: Draft) -> str | NoRemedy:
    """Ask for a certificate where a setting says that none is asked for."""
    _leave_to_option(site)
    assigned = innermost(site.chain, cst.Assign)
    if assigned is None or len(assigned.targets) != 1:
        other_kind()
    target = assigned.targets[0].target
    if not isinstance(target, cst.Attribute):
        other_kind()
    match site.finding.sink.rpartition(".")[2]:
        case "verify_mode":
            draft.replace(assigned.value, draft.member("ssl", "CERT_REQUIRED"))
            off = _names_off(site, site.code(target.value))
            for one in off:
                draft.replace(one.value, "True")
            if off:
                name_servers(site, draft)
        case "check_hostname":
            draft.replace(assigned.value, "True")
            name_servers(site, draft)
        case "verify":
            draft.replace(assigned.value, "True")
        case "_create_default_https_context":
            draft.replace(assigned.value, draft.member("ssl", "create_default_context"))
        case _:
            other_kind()
    return _SUMMARY


def _names_off(site: Site, owner: str) -> list[cst.Assign]:
    """Return the assignments that turn off the check of names of the same context."""
    return [
        node
        for node in descend(home(site))
        if isinstance(node, cst.Assign)
        and site.code(node.targets[0].target) == f"{owner}.check_hostname"
        and site.code(node.value) == "False"
    ]


def _required_option(site: Site, draft: Draft) -> str | NoRemedy:
    """Ask for a certificate where an option of a call names how much is asked for."""
    _leave_to_option(site)
    call = sink_call(site)
    if call is None or has_starred(call):
        other_kind()
    found = argument(call, None, "cert_reqs")
    if found is None:
        other_kind()
    if site.callee(call) == "ssl.wrap_socket" and argument(call, None, "ca_certs") is None:
        misfit("who signs the certificates is not said")
    if isinstance(found.value, cst.SimpleString):
        quote = found.value.quote
        draft.replace(found.value, f"{quote}CERT_REQUIRED{quote}")
    else:
        draft.replace(found.value, draft.member("ssl", "CERT_REQUIRED"))
    return _SUMMARY


def _leave_to_option(site: Site) -> None:
    """Give up where an option turns the check off: who sets it wants none."""
    source = site.texts.get(site.finding.location.path, b"")
    option = option_behind(source, site.finding.location)
    if option is not None:
        misfit(f"{option} says whether certificates are checked here")


REMEDIES = (
    remedy("option-left-out", _option_left_out),
    remedy("checked-context", _checked_context),
    remedy("certificate-required", _required),
    remedy("certificate-required-by-option", _required_option),
)
