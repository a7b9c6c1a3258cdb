"""Invoices and receipts."""

from flask import Blueprint, Response, abort, request, send_from_directory

from shop.services.documents import read_invoice, read_receipt
from shop.store import folder

blueprint = Blueprint("invoices", __name__, url_prefix="/invoices")


@blueprint.get("/download")
def download() -> Response:
    """Send an invoice."""
    name = request.args.get("name", "")
    try:
        content = read_invoice(folder("invoices"), name)
    except OSError:
        abort(404)
    return Response(content, mimetype="text/plain")


@blueprint.get("/receipt")
def receipt() -> Response:
    """Send an invoice as a receipt."""
    name = request.args.get("name", "")
    try:
        content = read_receipt(folder("invoices"), name)
    except OSError:
        abort(404)
    return Response(content, mimetype="text/plain")


@blueprint.get("/copy/<path:name>")
def copy(name: str) -> Response:
    """Send an invoice as a copy."""
    return send_from_directory(folder("invoices"), name)
