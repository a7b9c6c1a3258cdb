"""Tokens and codes: what a customer holds to be let in or to pay less."""

import hashlib
import hmac
import random
import secrets
from collections.abc import Sequence

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def reset_token(secret: str, email: str) -> str:
    """Return the token that lets a customer set a new password."""
    return hashlib.md5(f"{secret}:{email}".encode()).hexdigest()


def invitation_token(secret: str, email: str) -> str:
    """Return the token that lets a guest open an account."""
    return hmac.new(secret.encode(), email.encode(), hashlib.sha256).hexdigest()


def page_tag(content: bytes) -> str:
    """Return the tag by which a browser sees whether a page has changed."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def coupon_code(length: int = 10) -> str:
    """Return a new coupon code, good for 20 euros."""
    code = "".join(random.choice(ALPHABET) for _ in range(length))
    return code


def voucher_code(length: int = 10) -> str:
    """Return a new voucher code, good for 50 euros."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return code


def shuffled(names: Sequence[str]) -> list[str]:
    """Return the names in another order, so that the front page looks alive."""
    return random.sample(names, len(names))
