"""Small targets that ask databases of documents, and directories: flawed, fixed, wrongly fixed."""

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
_MOTOR = """
import asyncio
from flask import Flask, request
from motor.motor_asyncio import AsyncIOMotorClient

app = Flask(__name__)

async def named(name):
    users = AsyncIOMotorClient("mongodb://db.invalid").shop.users
    if await users.find_one({"name": name}) is None:
        counted = await users.aggregate([{"$match": {"name": name}}]).to_list(length=1)
        return counted + await users.find({"old": name}).sort("name").to_list(length=9)
    return [one async for one in users.find({"name": name})]

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
    *,
    weakness: str = "nosql-injection",
    sink: str = "pymongo.collection.Collection.find_one",
) -> Target:
    def filled(value: str) -> str:
        check, _, value = value.rpartition("; ")
        return source.replace("CHECK", check or "pass").replace("VALUE", value)

    return Target(
        name=name,
        weakness=weakness,
        kind=EntryKind.FLASK_VIEW,
        qualname="login",
        channel=channel,
        key=key,
        sink=sink,
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
    _target(
        "query-of-motor",
        _MOTOR,
        Channel.JSON,
        "name",
        ('request.json["name"]', 'str(request.json["name"])'),
    ),
)

_MAIL = """
import html
import ldap3
from flask import Flask, request
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn

app = Flask(__name__)

@app.get("/mail")
def login():
    uid = request.args["uid"]
    server = ldap3.Server("directory.invalid")
    with ldap3.Connection(server, "cn=shop", "secret", auto_bind=True) as known:
        known.search("dc=shop", VALUE, attributes=["mail"])
        return {"mail": [str(entry.mail) for entry in known.entries]}
"""
_GROUP = 'f"(&(objectClass=person)(|(uid={uid})(mail={uid}@example.org)))"'
_REMOVE = """
from flask import Flask, request
from ldap3 import Connection
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn

app = Flask(__name__)

@app.post("/remove")
def login():
    uid = request.form["uid"]
    known = Connection("directory.invalid", auto_bind="NO_TLS")
    return {"removed": bool(known.delete("uid=" + VALUE + ",ou=people,dc=shop"))}
"""
_LDAP = {"weakness": "ldap-injection", "sink": "ldap3.Connection.search"}
SEARCHES = (
    _target(
        "search-item",
        _MAIL,
        Channel.QUERY,
        "uid",
        (
            '"(uid=" + uid + ")"',
            '"(uid=" + escape_filter_chars(uid) + ")"',
            '"(uid=" + (uid if uid.replace("-", "").isalnum() else uid.encode().hex()) + ")"',
        ),
        (
            '"(uid=" + html.escape(uid) + ")"',
            '"(uid=" + escape_rdn(uid) + ")"',
            '"(uid=" + uid.replace("(", "") + ")"',
            '"(uid=" + uid.replace("*", "") + ")"',
            '"(uid=" + uid.strip() + ")"',
            '"(uid=none)"',
            '"(objectClass=*)"',
        ),
        **_LDAP,
    ),
    _target(
        "search-group",
        _MAIL,
        Channel.QUERY,
        "uid",
        (_GROUP, _GROUP.replace("{uid}", "{escape_filter_chars(uid)}")),
        (_GROUP.replace("(uid={uid})", "(uid={escape_filter_chars(uid)})"),),
        **_LDAP,
    ),
    _target(
        "search-name",
        _REMOVE,
        Channel.FORM,
        "uid",
        ("uid", "escape_rdn(uid)"),
        ('uid.replace(",", "")', "escape_filter_chars(uid)"),
        weakness="ldap-injection",
        sink="ldap3.Connection.delete",
    ),
)

_USERS = """
import html
import elementpath
from flask import Flask, request
from lxml import etree
from lxml.etree import XPath

app = Flask(__name__)
users = etree.fromstring(b"<users><user name='ann' id='1'/><user name='ben' id='2'/></users>")

@app.get("/user")
def login():
    name = request.args["name"]
    return {"found": len(VALUE)}
"""
_XPATH = {"weakness": "xpath-injection", "sink": "lxml.etree._Element.xpath"}
_QUOTED = "f\"//user[@name='{name}']\""
SELECTIONS = (
    _target(
        "selection-quoted",
        _USERS,
        Channel.QUERY,
        "name",
        (
            f"users.xpath({_QUOTED})",
            'users.xpath("//user[@name=$name]", name=name)',
            'users.xpath(f"//user[@name=\'{name}\']".replace(name, name.replace("\'", "")))',
        ),
        (
            f"users.xpath({_QUOTED.replace('{name}', '{html.escape(name, quote=False)}')})",
            f"users.xpath({_QUOTED.replace('{name}', '{name.strip()}')})",
            "users.xpath('//user[@name=\"' + name + '\"]')",
            f"users.xpath({_QUOTED}) if ' or ' not in name else []",
            "users.xpath(\"//user[@name='none']\")",
            "[]",
        ),
        **_XPATH,
    ),
    _target(
        "selection-unquoted",
        _USERS,
        Channel.QUERY,
        "name",
        (
            'users.xpath("//user[@id=" + name + "]")',
            'users.xpath("//user[@id=$id]", id=name)',
        ),
        ('users.xpath("//user[@id=" + name.replace("\'", "") + "]")',),
        **_XPATH,
    ),
    _target(
        "selection-compiled",
        _USERS,
        Channel.QUERY,
        "name",
        (
            f"XPath({_QUOTED})(users)",
            'XPath("//user[@name=$name]")(users, name=name)',
            'etree.XPath("//user[@name=$name]")(users, name=name)',
        ),
        **_XPATH,
    ),
    _target(
        "selection-of-elementpath",
        _USERS,
        Channel.QUERY,
        "name",
        (
            f"elementpath.select(users, {_QUOTED})",
            'elementpath.select(users, "//user[@name=$name]", variables={"name": name})',
        ),
        **_XPATH,
    ),
)

ASKED = QUERIES + SEARCHES + SELECTIONS
