"""Small targets that ask databases of documents: flawed, fixed, and wrongly fixed."""

from countermine.core.entrypoints import Channel, EntryKind
from tests.weaknesses.witness_targets import Target

_LOGIN = """
from flask import Flask, request
from pymongo import MongoClient

app = Flask(__name__)
users = MongoClient("mongodb+srv://db.invalid/shop").shop.users
users.create_index("name")

@app.post("/login")
def login():
    given = request.get_json()
    CHECK
    found = users.find_one({"name": given["name"], "password": VALUE})
    return {"known": found is not None}
"""
_FILTER = """
import json
from flask import Flask, request
from pymongo import MongoClient

app = Flask(__name__)
orders = MongoClient("mongodb://db.invalid").shop.orders

@app.get("/orders")
def login():
    found = orders.find(VALUE).sort("day").limit(5)
    return {"orders": [one["name"] for one in found]}
"""
_ASYNC = """
import asyncio
from flask import Flask, request
from pymongo import AsyncMongoClient

app = Flask(__name__)

async def named(name):
    users = AsyncMongoClient("mongodb://db.invalid").shop.users
    return [one async for one in users.find({"$and": [{"name": name}, {"old": False}]})]

@app.post("/named")
def login():
    return {"users": asyncio.run(named(VALUE))}
"""
_JOINED = "{'$where': 'this.age > ' + request.args['age']}"


def _target(
    name: str,
    source: str,
    channel: Channel,
    key: str,
    values: tuple[str, ...],
    wrong: tuple[str, ...] = (),
) -> Target:
    def filled(value: str) -> str:
        check, _, value = value.rpartition("; ")
        return source.replace("CHECK", check or "pass").replace("VALUE", value)

    return Target(
        name=name,
        weakness="nosql-injection",
        kind=EntryKind.FLASK_VIEW,
        qualname="login",
        channel=channel,
        key=key,
        sink="pymongo.collection.Collection.find_one",
        flawed=filled(values[0]),
        fixed=tuple(map(filled, values[1:])),
        wrong=tuple(map(filled, wrong)),
        online=True,
    )


_GIVEN = 'given["password"]'
QUERIES = (
    _target(
        "query-value",
        _LOGIN,
        Channel.JSON,
        "password",
        (
            _GIVEN,
            f"str({_GIVEN})",
            f'{{"$eq": {_GIVEN}}}',
            f'if not isinstance({_GIVEN}, str): return "no"; {_GIVEN}',
        ),
        (
            f'if "$ne" in {_GIVEN}: return "no"; {_GIVEN}',
            f'if not isinstance(given["name"], str): return "no"; {_GIVEN}',
            f"{_GIVEN} or None",
            f'{{"$in": [{_GIVEN}]}} if isinstance({_GIVEN}, list) else {_GIVEN}',
            f'{_GIVEN} if isinstance({_GIVEN}, str) else dict({_GIVEN}, **{{"$ne": 1}})',
            "'none'",
            f'str(given["password"]) if len(str({_GIVEN})) > 60 else {_GIVEN}',
        ),
    ),
    _target(
        "query-filter",
        _FILTER,
        Channel.QUERY,
        "filter",
        (
            'json.loads(request.args["filter"])',
            '{"name": request.args["filter"]}',
            '{"name": str(json.loads(request.args["filter"]))}',
        ),
    ),
    _target(
        "query-program",
        _FILTER,
        Channel.QUERY,
        "age",
        (
            _JOINED,
            "{'$where': 'this.age > ' + str(int(request.args['age']))}",
            "{'age': {'$gt': request.args['age']}}",
        ),
        ("{'$where': 'this.age > ' + request.args['age'].replace(\"'\", '')}",),
    ),
    _target(
        "query-waited-for",
        _ASYNC,
        Channel.JSON,
        "name",
        ('request.json["name"]', 'str(request.json["name"])'),
    ),
)
