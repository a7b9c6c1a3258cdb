"""The office: imports, prices, pictures and labels. The example has no login."""

from flask import Blueprint, Response, abort, jsonify, request

from shop.services import imports, labels, pictures, pricing
from shop.store import folder, get_store

blueprint = Blueprint("office", __name__, url_prefix="/office")


@blueprint.post("/label")
def label() -> Response:
    """Print a label for a parcel."""
    printed = labels.print_label(request.form.get("text", ""))
    return Response(printed, mimetype="text/plain")


@blueprint.post("/address")
def address() -> Response:
    """Print an address for a parcel."""
    printed = labels.print_address(request.form.get("text", ""))
    return Response(printed, mimetype="text/plain")


@blueprint.post("/formula")
def formula() -> Response:
    """Try a price formula on a product."""
    price = get_store().price_of(request.form.get("product", "")) or 0.0
    return jsonify(price=pricing.apply_formula(request.form.get("formula", "price"), price))


@blueprint.post("/checked-formula")
def checked_formula() -> Response:
    """Try a price formula on a product."""
    price = get_store().price_of(request.form.get("product", "")) or 0.0
    try:
        result = pricing.apply_checked_formula(request.form.get("formula", "price"), price)
    except (SyntaxError, ValueError, ZeroDivisionError):
        abort(400)
    return jsonify(price=result)


@blueprint.post("/discounts")
def discounts() -> Response:
    """Read a table of discounts."""
    return jsonify(pricing.discounts(request.form.get("table", "{}")))


@blueprint.post("/checked-discounts")
def checked_discounts() -> Response:
    """Read a table of discounts."""
    try:
        table = pricing.checked_discounts(request.form.get("table", "{}"))
    except (SyntaxError, ValueError, TypeError):
        abort(400)
    return jsonify(table)


@blueprint.post("/catalogue")
def catalogue() -> Response:
    """Take over a YAML catalogue."""
    return _put(imports.read_catalogue(request.get_data(as_text=True)))


@blueprint.post("/price-list")
def price_list() -> Response:
    """Take over a YAML price list."""
    return _put(imports.read_price_list(request.get_data(as_text=True)))


def _put(products: list[dict]) -> Response:
    store = get_store()
    for product in products:
        store.put(product["name"], product.get("tag", ""), float(product["price"]))
    return jsonify(taken=len(products))


@blueprint.post("/orders")
def orders() -> Response:
    """Take an XML order."""
    return jsonify(imports.read_orders(request.get_data()))


@blueprint.post("/returns")
def returns() -> Response:
    """Take an XML list of returns."""
    return jsonify(imports.read_returns(request.get_data()))


@blueprint.post("/pictures/tar")
def pictures_tar() -> Response:
    """Take a tar archive of pictures."""
    return jsonify(pictures.unpack_tar(request.files["archive"].stream, folder("pictures")))


@blueprint.post("/pictures/tar-checked")
def pictures_tar_checked() -> Response:
    """Take a tar archive of pictures."""
    upload = request.files["archive"]
    return jsonify(pictures.unpack_tar_checked(upload.stream, folder("pictures")))


@blueprint.post("/pictures/zip")
def pictures_zip() -> Response:
    """Take a zip archive of pictures."""
    return jsonify(pictures.unpack_zip(request.files["archive"].stream, folder("pictures")))


@blueprint.post("/pictures/zip-checked")
def pictures_zip_checked() -> Response:
    """Take a zip archive of pictures."""
    upload = request.files["archive"]
    return jsonify(pictures.unpack_zip_checked(upload.stream, folder("pictures")))
