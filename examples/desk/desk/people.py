"""Who works where: rooms in a document, addresses in the directory."""

from flask import Flask, request
from ldap3 import Connection, Server
from lxml import etree

app = Flask(__name__)
BASE = "ou=people,dc=desk,dc=example"
ROOMS = b"""<rooms>
  <room number='12' floor='1'><who>Ann</who><code>4711</code></room>
  <room number='27' floor='2'><who>Ben</who><code>0815</code></room>
</rooms>"""


def rooms():
    """Return the document with the rooms."""
    return etree.fromstring(ROOMS, etree.XMLParser(resolve_entities=False))


def directory():
    """Return a connection to the directory."""
    return Connection(Server("directory.example"), auto_bind=True)


@app.get("/room")
def room():
    """Show who sits in a room."""
    number = request.args["number"]
    return {"who": [str(one) for one in rooms().xpath(f"//room[@number='{number}']/who/text()")]}


@app.get("/floor")
def floor():
    """Show who sits on a floor."""
    number = request.args["number"]
    found = rooms().xpath("//room[@floor=$number]/who/text()", number=number)
    return {"who": [str(one) for one in found]}


@app.get("/mail")
def mail():
    """Show the address of a colleague."""
    name = request.args["name"]
    with directory() as connection:
        connection.search(BASE, f"(&(objectClass=person)(uid={name}))", attributes=["mail"])
        return {"mail": [str(entry.mail) for entry in connection.entries]}


@app.get("/phone")
def phone():
    """Show who has a number."""
    number = int(request.args["number"])
    with directory() as connection:
        connection.search(BASE, f"(telephoneNumber={number})", attributes=["uid"])
        return {"who": [str(entry.uid) for entry in connection.entries]}
