"""Accounts: tokens that are sent by mail, and codes that are printed on cards."""

from flask import Blueprint, Response, current_app, jsonify, request

from shop.services import tokens

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.post("/reset")
def reset() -> Response:
    """Send a customer the way to a new password; the example's mail is the answer."""
    email = request.form.get("email", "")
    return jsonify(token=tokens.reset_token(current_app.config["SECRET_KEY"], email))


@blueprint.post("/invite")
def invite() -> Response:
    """Send a guest the way to an account; the example's mail is the answer."""
    email = request.form.get("email", "")
    return jsonify(token=tokens.invitation_token(current_app.config["SECRET_KEY"], email))


@blueprint.post("/coupon")
def coupon() -> Response:
    """Give out a coupon."""
    return jsonify(code=tokens.coupon_code())


@blueprint.post("/voucher")
def voucher() -> Response:
    """Give out a voucher."""
    return jsonify(code=tokens.voucher_code())
