"""Looking for products, and the cards that go with a present."""

from flask import Blueprint, Response, jsonify, render_template, render_template_string, request
from markupsafe import escape

from shop.services import tokens
from shop.store import get_store

blueprint = Blueprint("catalogue", __name__)


@blueprint.get("/")
def front() -> Response:
    """Show the front page."""
    names = [name for name, _ in get_store().products_named("")]
    page = Response(render_template("front.html", names=tokens.shuffled(names)))
    page.set_etag(tokens.page_tag(",".join(names).encode()))
    return page


@blueprint.get("/search")
def search() -> Response:
    """Find products by name."""
    return jsonify(get_store().products_named(request.args.get("q", "")))


@blueprint.get("/tagged")
def tagged() -> Response:
    """Find products by tag."""
    tag, order = request.args.get("tag", ""), request.args.get("order", "name")
    return jsonify(get_store().products_tagged(tag, order))


@blueprint.get("/hello")
def hello() -> str:
    """Greet a customer."""
    name = request.args.get("name", "stranger")
    return f"<h1>Hello, {name}!</h1>"


@blueprint.get("/goodbye")
def goodbye() -> str:
    """Take leave of a customer."""
    name = request.args.get("name", "stranger")
    return f"<h1>Goodbye, {escape(name)}!</h1>"


@blueprint.get("/welcome")
def welcome() -> str:
    """Greet a customer with a page."""
    return render_template("welcome.html", name=request.args.get("name", "stranger"))


@blueprint.post("/card")
def card() -> str:
    """Show what a greeting card will look like."""
    text = request.form.get("text", "")
    return render_template_string("<p class='card'>" + text + "</p>")


@blueprint.post("/note")
def note() -> str:
    """Show what a delivery note will look like."""
    text = request.form.get("text", "")
    return render_template_string("<p class='note'>{{ text }}</p>", text=text)
