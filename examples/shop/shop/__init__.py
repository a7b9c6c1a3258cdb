"""A small shop: products, invoices, a cart, and an office that imports and prints."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from shop.store import close_store, prepare
from shop.views import account, cart, catalogue, invoices, office


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Return the application; its data stand in the instance folder unless ``DATA`` says where."""
    app = Flask(__name__, instance_relative_config=True)
    app.config.from_mapping(SECRET_KEY="only-for-the-example", DATA=app.instance_path)
    if config is not None:
        app.config.from_mapping(config)
    prepare(Path(app.config["DATA"]))
    app.teardown_appcontext(close_store)
    for module in (account, cart, catalogue, invoices, office):
        app.register_blueprint(module.blueprint)
    return app
