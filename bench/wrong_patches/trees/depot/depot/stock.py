"""What is in stock, in a database with a server."""

import psycopg2
from flask import Flask, request

app = Flask(__name__)


def database():
    """Return a connection to the database."""
    return psycopg2.connect("dbname=depot")


@app.get("/stock")
def stock():
    """Show how many there are of a thing, and where."""
    name = request.args["name"]
    with database() as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT place, number FROM stock WHERE name = '{name}' ORDER BY place")
        return {"found": [list(row) for row in cursor.fetchall()]}
