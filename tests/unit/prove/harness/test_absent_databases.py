"""A database whose server is not there takes every statement and gives no rows."""

import asyncio
from typing import Any

import pytest

from countermine.prove.harness.absent_databases import (
    AsyncConnection,
    Connection,
    Cursor,
    ExecutingConnection,
    written,
)


class Composed:
    def __init__(self, *parts: Any) -> None:
        self.seq = parts


class SQL:
    def __init__(self, text: str) -> None:
        self.string = text


class Identifier:
    def __init__(self, *names: str) -> None:
        self.strings = names


class Literal:
    def __init__(self, value: object) -> None:
        self.wrapped = value


class Placeholder: ...


def told() -> tuple[list[Any], Any]:
    heard: list[Any] = []
    return heard, lambda statement, _parameters: heard.append(statement)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("select 1", "select 1"),
        (b"select 1", b"select 1"),
        (Composed(SQL("select "), Identifier("a"), SQL(" = "), Placeholder()), 'select "a" = %s'),
        (Identifier("shop", 'us"ers'), '"shop"."us""ers"'),
        (Literal("it's"), "'it''s'"),
        (7, 7),
    ],
)
def test_a_statement_made_of_objects_is_told_as_the_server_would_get_it(
    statement: object, text: object
) -> None:
    assert written(statement) == text


def test_every_way_of_executing_is_told() -> None:
    heard, tell = told()
    connection = ExecutingConnection(tell)
    with connection, connection.cursor(name="server-side") as cursor:
        cursor.execute("a", (1,))
        cursor.executemany("b", [(1,)])
        cursor.callproc("c", ())
        connection.execute("d")
        connection.query("e")
    assert heard == ["a", "b", "CALL c()", "d", "e"]


def test_a_query_finds_nothing_and_has_columns() -> None:
    _, tell = told()
    cursor = Cursor(tell).execute("SELECT name FROM users")
    assert cursor.fetchone() is None
    assert cursor.fetchmany(3) == list(cursor) == cursor.fetchall() == []
    assert cursor.description is not None
    assert cursor.execute("update users set seen = 1").description is None


def test_what_clients_ask_of_a_server_is_answered() -> None:
    _, tell = told()
    assert "PostgreSQL" in Cursor(tell).execute("select pg_catalog.version()").fetchone()[0]
    assert Cursor(tell).execute("show transaction isolation level").fetchone()
    assert Cursor(tell).execute("select version() from users").fetchone() is None


def test_a_connection_is_told_from_a_cursor() -> None:
    _, tell = told()
    assert not hasattr(Connection(tell), "execute")
    assert hasattr(ExecutingConnection(tell), "execute")
    Connection(tell).set_session(autocommit=True)


def test_asynchronous_drivers_are_told() -> None:
    heard, tell = told()

    async def use() -> None:
        pool = await AsyncConnection(tell)
        async with pool.acquire() as connection, connection.transaction():
            assert await connection.fetch("a") == []
            assert await connection.fetchrow("b") is None
            await connection.execute("c")
            async with connection.cursor() as cursor:
                await cursor.execute("d")
                assert await cursor.fetchall() == []
            await (await connection.prepare("e")).fetch()
        await pool.close()

    asyncio.run(use())
    assert heard == ["a", "b", "c", "d", "e"]
