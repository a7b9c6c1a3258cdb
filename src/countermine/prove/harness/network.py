"""A network that is not there: who is looked for, who is called, and what is asked of them.

The sandbox has no route. Where connections are what is looked at, every name has an address, every
connection leads to a server of the harness's own on the loopback, and encryption is left out behind
what was asked of it, so that legitimate uses get an answer.
"""

# ruff: noqa: ANN401 - stands in for calls of any type

from __future__ import annotations

import importlib
import ipaddress
from types import ModuleType
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.network_answers import Answering
from countermine.prove.harness.observer import Observer
from countermine.prove.harness.places import text
from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLIC = "192.88.99.7"
"""What every name resolves to: an address that no guard takes for one of a private network, and
that nobody has. Source: RFC 7526, which withdrew it."""


def watch(observer: Observer, *, wanted: bool) -> None:
    """Report look-ups, connections and handshakes, and answer them, if that is wanted."""
    if wanted:
        socket, ssl = (importlib.import_module(name) for name in ("socket", "ssl"))
        answering = Answering(socket)
        _names(socket, observer)
        _connections(socket, observer, answering)
        _handshakes(ssl, observer, answering)
        _settings(ssl, observer)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


def _names(socket: ModuleType, observer: Observer) -> None:
    original = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        name = text(host) if host else ""
        observer.observe("resolve", {"host": name, "port": text(port)})
        try:
            return original(host, port, *args, **kwargs)
        except socket.gaierror:
            if not name or _is_number(name):
                raise
            number = int(port) if str(port).isdigit() else {"https": 443}.get(str(port), 80)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, number))]

    def gethostbyname(host: Any) -> str:
        return str(getaddrinfo(host, 0)[0][4][0])

    def gethostbyname_ex(host: Any) -> Any:
        return host, [], [gethostbyname(host)]

    replace(observer, socket, "getaddrinfo", getaddrinfo)
    replace(observer, socket, "gethostbyname", gethostbyname)
    replace(observer, socket, "gethostbyname_ex", gethostbyname_ex)


def _connections(socket: ModuleType, observer: Observer, answering: Answering) -> None:
    owner = socket.socket

    def leading(name: str) -> Callable[..., Any]:
        original = getattr(owner, name)

        def connect(self: Any, address: Any) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple):
                facts = {"host": text(address[0]), "port": text(address[1])}
                observer.observe("connect", facts, always=True)
                address = answering.place(self.family)
            return original(self, address)

        return connect

    for name in ("connect", "connect_ex"):
        replace(observer, owner, name, leading(name))


def _handshakes(ssl: ModuleType, observer: Observer, answering: Answering) -> None:
    original = ssl.SSLContext.wrap_socket

    def wrap_socket(self: Any, sock: Any, *args: Any, **kwargs: Any) -> Any:
        is_server = bool(kwargs.get("server_side", args[0] if args else False))
        if is_server:
            return original(self, sock, *args, **kwargs)
        name = kwargs.get("server_hostname", args[3] if len(args) > 3 else None)  # noqa: PLR2004 - its place
        observer.observe("tls", {**_asked(self), "server": text(name or "")}, always=True)
        return answering.plain(sock, self, name)

    replace(observer, ssl.SSLContext, "wrap_socket", wrap_socket)


def _asked(context: Any) -> dict[str, str]:
    """Return what a context asks of the other end's certificate."""
    mode = getattr(context.verify_mode, "name", str(context.verify_mode))
    return {"checks": mode, "checks_name": "1" if context.check_hostname else "0"}


def _settings(ssl: ModuleType, observer: Observer) -> None:
    owner = ssl.SSLContext
    for name in ("verify_mode", "check_hostname"):
        there = getattr(owner, name)

        def get(self: Any, _there: Any = there) -> Any:
            return _there.__get__(self)

        def put(self: Any, value: Any, _there: Any = there, _name: str = name) -> None:
            said = getattr(value, "name", str(value))
            observer.observe("tls-setting", {"setting": _name, "value": said})
            _there.__set__(self, value)

        # A property has no name to be given, so it is put there as it is.
        setattr(owner, name, property(get, put))
    unchecked = ssl._create_unverified_context  # noqa: SLF001 - this is what is looked for

    def create(*args: Any, **kwargs: Any) -> Any:
        facts = {"setting": "verify_mode", "value": "CERT_NONE"}
        observer.observe("tls-setting", facts)
        return unchecked(*args, **kwargs)

    for name in ("_create_unverified_context", "_create_stdlib_context"):
        if getattr(ssl, name, None) is unchecked:
            replace(observer, ssl, name, create)
