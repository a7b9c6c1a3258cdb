"""Wrappers for clients of directories (LDAP): what is searched for, and no server.

The library goes on making its request, so that it refuses what it always refused; only what would
be sent is answered here, by a directory that finds nothing.
"""

# ruff: noqa: ANN401 - stands in for calls of any type

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.observer import Observer
from countermine.prove.harness.places import text
from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from countermine.prove.harness.wrapping import Apply

MAX_TEXT = 8000
_AUTO_BIND = 3
"""Place of the parameter ``auto_bind`` of a connection."""
_NAMES = ("delete", "modify", "modify_dn", "add", "compare")
"""Methods that take the name of an entry first."""
_FOUND = {
    "result": 0,
    "description": "success",
    "dn": "",
    "message": "",
    "referrals": None,
    "type": "searchResDone",
    "controls": {},
}


def _answered(connection: Any) -> None:
    """Let a connection think that it is one, and find nothing."""

    def found(*_args: Any, **_options: Any) -> Any:
        connection.result = dict(_FOUND)
        connection.response = []
        return []

    def done(*_args: Any, **_options: Any) -> Any:
        connection.result = {**_FOUND, "type": "modifyResponse"}
        connection.response = [connection.result]
        return connection.response

    def opened(*_args: Any, **_options: Any) -> Any:
        connection.closed = False
        connection.listening = connection.bound = connection.tls_started = True
        return True

    def closed(*_args: Any, **_options: Any) -> Any:
        connection.closed = True
        connection.listening = connection.bound = False
        return True

    answers = {
        "send": lambda *_args, **_options: 1,
        "post_send_search": found,
        "post_send_single_response": done,
        "get_response": lambda *_args, **_options: ([], dict(_FOUND)),
        "open": opened,
        "bind": opened,
        "rebind": opened,
        "start_tls": opened,
        "unbind": closed,
        "refresh_server_info": lambda *_args, **_options: None,
    }
    for name, answer in answers.items():
        setattr(connection, name, answer)


def _ldap3(module: ModuleType, observer: Observer) -> None:
    owner = module.Connection
    made = owner.__init__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it is one
        strategy = kwargs.get("client_strategy")
        if isinstance(strategy, str) and strategy.startswith("MOCK"):
            # A directory that tests keep in memory answers for itself.
            made(self, *args, **kwargs)
            return
        binds = kwargs.pop("auto_bind", None)
        if len(args) > _AUTO_BIND:
            binds = args[_AUTO_BIND]
            args = (*args[:_AUTO_BIND], False, *args[_AUTO_BIND + 1 :])
        made(self, *args, **kwargs)
        _answered(self)
        if binds not in (None, False, "NONE", "DEFAULT"):
            self.bind()

    replace(observer, owner, "__init__", __init__)
    search = owner.search

    def searching(self: Any, *args: Any, **kwargs: Any) -> Any:
        given = dict(zip(("search_base", "search_filter"), args), **kwargs)  # noqa: B905 - 3.8 and up
        facts = {"call": "search", "name": text(given.get("search_base", ""), MAX_TEXT)}
        facts["search"] = text(given.get("search_filter", ""), MAX_TEXT)
        observer.observe("directory", {"driver": "ldap3", **facts})
        return search(self, *args, **kwargs)

    replace(observer, owner, "search", searching)
    for name in _NAMES:
        replace(observer, owner, name, _naming(observer, name, getattr(owner, name)))


def _naming(observer: Observer, name: str, original: Any) -> Any:
    def named(self: Any, *args: Any, **kwargs: Any) -> Any:
        given = args[0] if args else kwargs.get("dn", "")
        facts = {"driver": "ldap3", "call": name, "name": text(given, MAX_TEXT)}
        observer.observe("directory", facts)
        return original(self, *args, **kwargs)

    return named


_NOWHERE = "ldapi://%2Fno-directory"
"""A socket that is not there: what makes requests refuses them as ever, and sends none."""
_NAMING = {
    "simple_bind": "bind",
    "delete_ext": "delete",
    "modify_ext": "modify",
    "rename": "modify_dn",
    "add_ext": "add",
    "compare_ext": "compare",
}
"""Functions of OpenLDAP that take the name of an entry first, and what each is called here."""
_ENDS = {"simple_bind": 97, "search_ext": 101, "modify_ext": 103, "add_ext": 105,
         "delete_ext": 107, "rename": 109, "compare_ext": 111}  # fmt: skip
"""Kinds of the message that ends what each of them begins. Source: RFC 4511, section 4."""

_WITHOUT_SOCKET = {
    "sasl_bind_s": None,
    "sasl_interactive_bind_s": 0,
    "start_tls_s": None,
    "whoami_s": "dn:",
}
"""What a directory says to what a socket has no use for."""


def _python_ldap(module: ModuleType, observer: Observer) -> None:
    owner = module.SimpleLDAPObject
    made, called = owner.__init__, owner._ldap_call  # noqa: SLF001 - all requests go through it
    low, errors = module._ldap, module.ldap  # noqa: SLF001 - the library's own C module

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it is one
        made(self, *args, **kwargs)
        self._l, self._begun = low.initialize(_NOWHERE), "search_ext"

    def asked(self: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
        name = getattr(function, "__name__", "")
        if name == "search_ext":
            facts = {"call": "search", "name": text(args[0], MAX_TEXT)}
            facts["search"] = text(args[2], MAX_TEXT)
            observer.observe("directory", {"driver": "python-ldap", **facts})
        elif name in _NAMING and args[0]:
            facts = {"call": _NAMING[name], "name": text(args[0], MAX_TEXT)}
            observer.observe("directory", {"driver": "python-ldap", **facts})
        if name.startswith("result"):
            if self._begun == "compare_ext":
                raise errors.COMPARE_FALSE
            ended: tuple[Any, ...] = (_ENDS.get(self._begun, _ENDS["search_ext"]), [], 1, [])
            return (*ended, None, None) if name == "result4" else ended
        if name in _WITHOUT_SOCKET:
            return _WITHOUT_SOCKET[name]
        self._begun = name
        try:
            return called(self, function, *args, **kwargs)
        except errors.SERVER_DOWN:
            return 1 if name in _ENDS else None

    replace(observer, owner, "__init__", __init__)
    replace(observer, owner, "_ldap_call", asked)


WATCHED: Mapping[str, Apply] = {
    "ldap.ldapobject": _python_ldap,
    "ldap3.core.connection": _ldap3,
}
"""Module to how it is wrapped once it is loaded."""
