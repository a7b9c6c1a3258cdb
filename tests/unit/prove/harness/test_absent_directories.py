"""A directory of python-ldap whose server is not there takes every request and finds nothing.

The library itself is built against OpenLDAP. Here a module stands in for it that has what the
wrapper takes hold of: one method that all requests go through, and a C module that finds no server.
"""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest

from countermine.prove.harness.observer import Observer
from countermine.prove.harness.sinks_directories import WATCHED


class ServerDownError(Exception):
    """What the library raises without a server."""


class FilterError(Exception):
    """What it raises for what is no filter, before it looks for a server."""


class CompareFalseError(Exception):
    """How it says that two values differ."""


class Handle:
    """An object of the C module."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def search_ext(self, base: str, scope: int, filter_: str) -> int:
        del base, scope
        if filter_.count("(") != filter_.count(")"):
            raise FilterError
        raise ServerDownError

    def result4(self, message: int) -> None:
        raise AssertionError(message)

    def start_tls_s(self) -> None:
        raise AssertionError(self.uri)

    def _ended(self, *_: object) -> int:
        raise ServerDownError

    simple_bind = compare_ext = delete_ext = unbind_ext = _ended


class SimpleLDAPObject:
    """As the library's class of this name: what it is asked goes through one method."""

    def __init__(self, uri: str) -> None:
        self._l = Handle(uri)

    def _ldap_call(self, function: Callable[..., object], *args: object) -> object:
        return function(*args)

    def ask(self, name: str, *args: object) -> object:
        def asked(*given: object) -> object:
            return getattr(self._l, name)(*given)

        asked.__name__ = name
        return self._ldap_call(asked, *args)


class Noting(Observer):
    """Keeps what is observed."""

    def __init__(self) -> None:
        super().__init__("/")
        self.noted: list[dict[str, str]] = []

    def observe(self, name: str, detail: dict[str, str]) -> None:  # type: ignore[override]
        assert name == "directory"
        self.noted.append(detail)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> tuple[SimpleLDAPObject, Noting]:
    for name in ("__init__", "_ldap_call"):
        monkeypatch.setattr(SimpleLDAPObject, name, getattr(SimpleLDAPObject, name))
    module = ModuleType("ldap.ldapobject")
    vars(module).update(
        SimpleLDAPObject=SimpleLDAPObject,
        _ldap=SimpleNamespace(initialize=Handle),
        ldap=SimpleNamespace(SERVER_DOWN=ServerDownError, COMPARE_FALSE=CompareFalseError),
    )
    observer = Noting()
    WATCHED["ldap.ldapobject"](module, observer)
    return SimpleLDAPObject("ldaps://directory.invalid"), observer


def test_a_search_is_told_and_finds_nothing(asked: tuple[SimpleLDAPObject, Noting]) -> None:
    directory, observer = asked
    message = directory.ask("search_ext", "dc=shop", 2, "(uid=ann)")
    assert directory.ask("result4", message) == (101, [], 1, [], None, None)
    told = {"driver": "python-ldap", "call": "search", "name": "dc=shop", "search": "(uid=ann)"}
    assert observer.noted == [told]


def test_what_is_no_filter_is_told_and_refused_as_ever(
    asked: tuple[SimpleLDAPObject, Noting],
) -> None:
    directory, observer = asked
    with pytest.raises(FilterError):
        directory.ask("search_ext", "dc=shop", 2, "(uid=ann")
    assert observer.noted[0]["search"] == "(uid=ann"


@pytest.mark.parametrize(
    ("function", "call", "kind"),
    [("simple_bind", "bind", 97), ("delete_ext", "delete", 107)],
)
def test_names_of_entries_are_told(
    asked: tuple[SimpleLDAPObject, Noting], function: str, call: str, kind: int
) -> None:
    directory, observer = asked
    message = directory.ask(function, "uid=ann,dc=shop")
    ended = directory.ask("result4", message)
    assert isinstance(ended, tuple)
    assert ended[0] == kind
    assert observer.noted == [{"driver": "python-ldap", "call": call, "name": "uid=ann,dc=shop"}]


def test_no_value_of_an_entry_is_the_one_that_is_asked_for(
    asked: tuple[SimpleLDAPObject, Noting],
) -> None:
    directory, _ = asked
    message = directory.ask("compare_ext", "uid=ann", "mail", b"a")
    with pytest.raises(CompareFalseError):
        directory.ask("result4", message)


def test_no_server_is_looked_for(asked: tuple[SimpleLDAPObject, Noting]) -> None:
    directory, observer = asked
    assert directory.ask("start_tls_s") is None
    assert directory.ask("unbind_ext") is None
    assert directory._l.uri.startswith("ldapi://")
    assert observer.noted == []
