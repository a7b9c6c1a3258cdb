"""The cart, which the browser keeps."""

import base64
import pickle
from typing import Any

from flask import Blueprint, Response, jsonify, request, session

from shop.store import get_store

blueprint = Blueprint("cart", __name__, url_prefix="/cart")


def unpack(cookie: str) -> dict[str, int]:
    """Return the cart that a cookie holds."""
    return pickle.loads(base64.b64decode(cookie))


def total(items: dict[str, int]) -> float:
    """Return what the items cost; what we do not sell costs nothing."""
    store = get_store()
    return sum(count * (store.price_of(name) or 0.0) for name, count in items.items())


@blueprint.get("")
def show() -> Response:
    """Show the cart."""
    cookie = request.cookies.get("cart")
    items: dict[str, int] = unpack(cookie) if cookie else {}
    return jsonify(items=items, total=total(items))


@blueprint.post("")
def fill() -> Response:
    """Put products into the cart."""
    items: dict[str, Any] = request.get_json()
    answer = jsonify(items=items, total=total(items))
    answer.set_cookie("cart", base64.b64encode(pickle.dumps(items)).decode(), httponly=True)
    return answer


@blueprint.route("/wishes", methods=["GET", "POST"])
def wishes() -> Response:
    """Keep a wish list in the session, which is signed JSON."""
    if request.method == "POST":
        session["wishes"] = request.get_json()
    return jsonify(items=session.get("wishes", {}))
