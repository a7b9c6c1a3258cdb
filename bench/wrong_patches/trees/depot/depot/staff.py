"""Who works here, in a directory."""

from flask import Flask, request
from ldap3 import Connection, Server

app = Flask(__name__)
BASE = "ou=people,dc=depot,dc=example"


def directory():
    """Return a connection to the directory."""
    return Connection(Server("directory.example"), auto_bind=True)


@app.get("/mail")
def mail():
    """Show the address of a colleague."""
    name = request.args["name"]
    with directory() as connection:
        connection.search(BASE, f"(&(objectClass=person)(uid={name}))", attributes=["mail"])
        return {"mail": [str(entry.mail) for entry in connection.entries]}
