"""Wrappers for drivers of databases that are servers: each gets one that is not there."""

# ruff: noqa: ANN401 - stands in for calls of any type

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.absent_databases import (
    AsyncConnection,
    Connection,
    Cursor,
    ExecutingConnection,
)
from countermine.prove.harness.observer import Observer
from countermine.prove.harness.sinks_languages import tell_sql
from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from countermine.prove.harness.absent_databases import Tell
    from countermine.prove.harness.wrapping import Apply


def _telling(observer: Observer, driver: str) -> Tell:
    def tell(statement: Any, parameters: Any) -> None:
        tell_sql(observer, driver, statement, parameters)

    return tell


def _connects(driver: str, *names: str, kind: type[Connection] = Connection) -> Apply:
    """Return what puts a connection to an absent server in place of the driver's own."""

    def apply(module: ModuleType, observer: Observer) -> None:
        tell = _telling(observer, driver)

        def connect(*_args: Any, **_options: Any) -> Any:
            return kind(tell)

        for name in names:
            if hasattr(module, name):
                replace(observer, module, name, connect)

    return apply


def _connects_async(driver: str, *names: str) -> Apply:
    def apply(module: ModuleType, observer: Observer) -> None:
        tell = _telling(observer, driver)

        def connect(*_args: Any, **_options: Any) -> Any:
            return AsyncConnection(tell)

        for name in names:
            if hasattr(module, name):
                replace(observer, module, name, connect)

    return apply


def _psycopg(module: ModuleType, observer: Observer) -> None:
    tell = _telling(observer, "psycopg")

    def connect(*_args: Any, **_options: Any) -> Any:
        return ExecutingConnection(tell)

    def connect_async(*_args: Any, **_options: Any) -> Any:
        return AsyncConnection(tell)

    replace(observer, module, "connect", connect)
    # Called on the class: without this the function would be bound as a method of instances only.
    replace(observer, module.Connection, "connect", staticmethod(connect))
    replace(observer, module.AsyncConnection, "connect", staticmethod(connect_async))


def _psycopg2_extensions(module: ModuleType, observer: Observer) -> None:
    """Let what is written in C take a connection that is none of its own."""
    registered, quoted = module.register_type, module.quote_ident

    def register_type(what: Any, scope: Any = None) -> Any:
        return registered(what, None if isinstance(scope, (Connection, Cursor)) else scope)

    def quote_ident(name: Any, scope: Any) -> Any:
        if isinstance(scope, (Connection, Cursor)):
            return '"' + name.replace('"', '""') + '"'
        return quoted(name, scope)

    replace(observer, module, "register_type", register_type)
    replace(observer, module, "quote_ident", quote_ident)


WATCHED: Mapping[str, Apply] = {
    "psycopg2": _connects("psycopg2", "connect"),
    "psycopg2.extensions": _psycopg2_extensions,
    "psycopg": _psycopg,
    "pymysql": _connects("pymysql", "connect", "Connect"),
    "MySQLdb": _connects("MySQLdb", "connect", "Connect"),
    "mysql.connector": _connects("mysql.connector", "connect", "Connect"),
    "mariadb": _connects("mariadb", "connect"),
    "pyodbc": _connects("pyodbc", "connect", kind=ExecutingConnection),
    "pymssql": _connects("pymssql", "connect"),
    "oracledb": _connects("oracledb", "connect"),
    "cx_Oracle": _connects("cx_Oracle", "connect"),
    "snowflake.connector": _connects("snowflake.connector", "connect"),
    "pg8000": _connects("pg8000", "connect"),
    "pg8000.dbapi": _connects("pg8000", "connect"),
    "psycopg2cffi": _connects("psycopg2", "connect"),
    "asyncpg": _connects_async("asyncpg", "connect", "create_pool"),
    "aiomysql": _connects_async("aiomysql", "connect", "create_pool"),
    "aiopg": _connects_async("aiopg", "connect", "create_pool"),
}
"""Module to how it is wrapped once it is loaded."""
