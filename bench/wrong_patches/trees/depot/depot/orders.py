"""What was ordered, in a database of documents."""

from flask import Flask, request
from pymongo import MongoClient

app = Flask(__name__)


def orders():
    """Return the collection of orders."""
    return MongoClient("mongodb://orders.example").depot.orders


@app.post("/order")
def order():
    """Show how far an order is."""
    given = request.get_json()
    found = orders().find_one({"number": given["number"]})
    return {"state": found["state"] if found else "unknown"}


@app.post("/parcels")
def parcels():
    """Show the parcels of somebody, the newest first."""
    given = request.get_json()
    found = orders().find({"owner": given["owner"]}).sort("day", -1)
    return {"parcels": [one["number"] for one in found]}
