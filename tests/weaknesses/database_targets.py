"""Targets that use databases whose server is not there: flawed, fixed, and a quiet twin."""

from tests.weaknesses.witness_targets import Target, function

_PSYCOPG2 = """
import psycopg2
from psycopg2 import sql

def run(name):
    connection = psycopg2.connect("dbname=shop user=shop", host="db.invalid")
    with connection, connection.cursor() as cursor:
        cursor.execute({statement})
        return [row[0] for row in cursor.fetchall()]
"""
_PSYCOPG = """
import psycopg

def run(name):
    with psycopg.connect("postgresql://shop@db.invalid/shop") as connection:
        return connection.execute({statement}).fetchall()
"""
_PYMYSQL = """
import pymysql.cursors

def run(name):
    connection = pymysql.connect(host="db.invalid", cursorclass=pymysql.cursors.DictCursor)
    with connection.cursor() as cursor:
        cursor.execute({statement})
        return cursor.fetchone()
"""
_SQLALCHEMY = """
from sqlalchemy import create_engine, text

engine = create_engine("postgresql+psycopg2://shop@db.invalid/shop")

def run(name):
    with engine.connect() as connection:
        return list(connection.execute({statement}))
"""
_ASYNCPG = """
import asyncio
import asyncpg

async def find(name):
    pool = await asyncpg.create_pool("postgresql://shop@db.invalid/shop")
    async with pool.acquire() as connection, connection.transaction():
        return await connection.fetch({statement})

def run(name):
    return asyncio.run(find(name))
"""


def _target(name: str, sink: str, source: str, *statements: str) -> Target:
    sources = tuple(source.format(statement=one) for one in statements)
    return function(name, "sql-injection", sink, "name", sources)


_JOINED = '"select age from users where name = \'" + name + "\'"'

SERVERS = (
    _target(
        "psycopg2",
        "psycopg2.cursor.execute",
        _PSYCOPG2,
        _JOINED,
        '"select age from users where name = %s", (name,)',
        'sql.SQL("select {} from users").format(sql.Identifier(name))',
    ),
    _target(
        "psycopg2-composed",
        "psycopg2.cursor.execute",
        _PSYCOPG2,
        'sql.SQL("select {} from users where name = \'" + name + "\'").format(sql.Identifier("a"))',
        'sql.SQL("select {} from users where name = {}").format(sql.Identifier("a"), '
        "sql.Literal(name))",
    ),
    _target(
        "psycopg",
        "psycopg.Connection.execute",
        _PSYCOPG,
        _JOINED,
        '"select age from users where name = %s", (name,)',
    ),
    _target(
        "pymysql",
        "pymysql.cursors.Cursor.execute",
        _PYMYSQL,
        "f\"update users set seen = 1 where name = '{name}'\"",
        '"update users set seen = 1 where name = %s", [name]',
    ),
    _target(
        "sqlalchemy-over-psycopg2",
        "sqlalchemy.Connection.execute",
        _SQLALCHEMY,
        f"text({_JOINED})",
        'text("select age from users where name = :name"), {"name": name}',
    ),
    _target(
        "asyncpg",
        "asyncpg.Connection.fetch",
        _ASYNCPG,
        _JOINED,
        '"select age from users where name = $1", name',
    ),
)
"""Each needs its driver, and none its server."""
