"""The target of the made-up run: a few files of a shop."""

from countermine.core.spans import Span, TreePath, tree_path

_VIEWS = b'''"""The pages of the shop."""

from flask import Blueprint, Response, request

from shop import documents, labels, pricing, store

blueprint = Blueprint("shop", __name__)


@blueprint.get("/invoices")
def invoice() -> Response:
    """Send an invoice."""
    name = request.args.get("name", "")
    return Response(documents.read_invoice("invoices", name), mimetype="text/plain")


@blueprint.get("/search")
def search() -> list[str]:
    """Find products by name."""
    return store.products_named(request.args["q"])


@blueprint.get("/hello")
def hello() -> str:
    """Greet a customer."""
    name = request.args.get("name", "stranger")
    return f"<h1>Hello, {name}!</h1>"


@blueprint.post("/label")
def label() -> str:
    """Print a label."""
    return labels.print_label(request.form["text"])


@blueprint.post("/formula")
def formula() -> dict[str, float]:
    """Try a price formula."""
    return {"price": pricing.apply_formula(request.form["formula"], 10.0)}
'''
_DOCUMENTS = b'''"""Documents that customers fetch."""

import os


def read_invoice(folder: str, name: str) -> bytes:
    """Return an invoice."""
    path = os.path.join(folder, name)
    with open(path, "rb") as stream:
        return stream.read()
'''
_LABELS = b'''"""Labels for parcels."""

import subprocess


def print_label(text: str) -> str:
    """Print a label and return what the printer says."""
    done = subprocess.run(f"echo {text}", shell=True, capture_output=True, text=True)
    return done.stdout
'''
_PRICING = b'''"""Prices."""


def apply_formula(formula: str, price: float) -> float:
    """Return the price that a formula such as ``price * 1.2`` gives."""
    return float(eval(formula, {"price": price}))
'''
_STORE = b'''"""The products."""

import sqlite3

import yaml

PASSWORD = "correct-horse-battery"
DATABASE = "postgresql://shop:correct-horse-battery@db/shop"


def products_named(text: str) -> list[str]:
    """Return the products whose name has ``text`` in it."""
    connection = sqlite3.connect("shop.sqlite")
    return connection.execute(f"SELECT name FROM product WHERE name LIKE '%{text}%'").fetchall()


def load_catalogue(file: str) -> dict[str, float]:
    """Return the prices of a catalogue."""
    with open(file) as stream:
        return yaml.load(stream, Loader=yaml.UnsafeLoader)
'''
_TOKENS = b'''"""Tokens."""

import hashlib
import random


def reset_token(email: str) -> str:
    """Return the token that lets a customer set a new password."""
    return hashlib.md5(email.encode()).hexdigest()


def coupon() -> int:
    """Return the number of a new coupon."""
    return random.randrange(10**6)
'''
_TEXTS = {
    tree_path(f"shop/{name}.py"): text
    for name, text in (
        ("views", _VIEWS),
        ("documents", _DOCUMENTS),
        ("labels", _LABELS),
        ("pricing", _PRICING),
        ("store", _STORE),
        ("tokens", _TOKENS),
    )
}


def sample_texts() -> dict[TreePath, bytes]:
    """Return the texts of the made-up target."""
    return dict(_TEXTS)


def span_of(path: str, code: str) -> Span:
    """Return the first place of ``code`` in a made-up file.

    Raises:
        ValueError: If the file does not hold it.
    """
    where = tree_path(path)
    start = _TEXTS[where].index(code.encode())
    return Span(path=where, start_byte=start, end_byte=start + len(code.encode()))
