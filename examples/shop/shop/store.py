"""The store: products in SQLite, documents and pictures in folders beside it."""

import sqlite3
from pathlib import Path

from flask import current_app, g

SCHEMA = """
CREATE TABLE IF NOT EXISTS product (
    id INTEGER PRIMARY KEY, name TEXT UNIQUE, tag TEXT, price REAL
);
CREATE TABLE IF NOT EXISTS customer (email TEXT PRIMARY KEY, card TEXT);
"""
PRODUCTS = (
    (1, "Blue kettle", "kitchen", 24.0),
    (2, "Green lamp", "living", 39.5),
    (3, "Red kettle", "kitchen", 26.0),
    (4, "Oak shelf", "living", 80.0),
)
INVOICES = {
    "2026-001.txt": "Invoice 2026-001: 2 x Blue kettle, 48.00\n",
    "2026-002.txt": "Invoice 2026-002: 1 x Oak shelf, 80.00\n",
}
ORDERS = {"name": "name", "price": "price", "newest": "id DESC"}


class Store:
    """The products of one database file."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path)

    def products_named(self, text: str) -> list[tuple[str, float]]:
        """Return the products whose name has ``text`` in it."""
        query = f"SELECT name, price FROM product WHERE name LIKE '%{text}%' ORDER BY name"
        return self.connection.execute(query).fetchall()

    def products_tagged(self, tag: str, order: str) -> list[tuple[str, float]]:
        """Return the products with a tag; an order that is not known counts as by name."""
        column = ORDERS.get(order, "name")
        query = f"SELECT name, price FROM product WHERE tag = ? ORDER BY {column}"
        return self.connection.execute(query, (tag,)).fetchall()

    def price_of(self, name: str) -> float | None:
        """Return the price of a product, ``None`` for one that we do not sell."""
        row = self.connection.execute("SELECT price FROM product WHERE name = ?", (name,))
        found = row.fetchone()
        return None if found is None else found[0]

    def put(self, name: str, tag: str, price: float) -> None:
        """Add a product, or change the one of that name."""
        self.connection.execute(
            "INSERT INTO product (name, tag, price) VALUES (?, ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET tag = excluded.tag, price = excluded.price",
            (name, tag, price),
        )
        self.connection.commit()

    def close(self) -> None:
        """Close the database."""
        self.connection.close()


def prepare(data: Path) -> None:
    """Make the folders and the first products, unless they are there."""
    for folder in ("invoices", "pictures"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    for name, text in INVOICES.items():
        (data / "invoices" / name).write_text(text)
    connection = sqlite3.connect(data / "shop.sqlite")
    connection.executescript(SCHEMA)
    connection.executemany("INSERT OR IGNORE INTO product VALUES (?, ?, ?, ?)", PRODUCTS)
    connection.execute("INSERT OR IGNORE INTO customer VALUES ('ada@example.org', '4111')")
    connection.commit()
    connection.close()


def get_store() -> Store:
    """Return the store of this request."""
    if "store" not in g:
        g.store = Store(folder("shop.sqlite"))
    return g.store


def close_store(_: BaseException | None = None) -> None:
    """Close the store of this request, if it was opened."""
    store = g.pop("store", None)
    if store is not None:
        store.close()


def folder(name: str) -> Path:
    """Return the path of a folder or file of the shop's data."""
    return Path(current_app.config["DATA"]) / name
