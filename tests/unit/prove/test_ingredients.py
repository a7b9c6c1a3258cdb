import pytest

from countermine.prove.ingredients import left_out

OLD = b"""
class Tokens:
    def reset(self, secret, email):
        return md5(secret + email)

def outer():
    def inner(key):
        return md5(key)
"""


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ("(self, secret, email):\n        return sha256(secret + email)", ()),
        ("(self, key, mail):\n        return sha256(key + mail)", ()),
        ("(self, email, secret):\n        return sha256(secret + email)", ()),
        ("(self, secret, email):\n        return sha256(email)", ("secret",)),
        ("(self, secret, email):\n        return token()", ("secret", "email")),
        ("(self, email):\n        return sha256(email)", ("secret",)),
    ],
)
def test_what_a_value_was_made_of_and_no_longer_is(body: str, missing: tuple[str, ...]) -> None:
    new = f"class Tokens:\n    def reset{body}\n".encode()
    assert left_out(OLD, new, "Tokens.reset") == missing


def test_a_function_within_a_function_is_found() -> None:
    new = b"def outer():\n    def inner(key):\n        return sha256(b'')\n"
    assert left_out(OLD, new, "outer.inner") == ("key",)
    assert left_out(OLD, new, "outer.<locals>.inner") == ("key",)


@pytest.mark.parametrize("new", [b"", b"def (", b"def other(secret): return secret"])
def test_nothing_is_said_of_a_function_that_is_not_in_both(new: bytes) -> None:
    assert left_out(OLD, new, "Tokens.reset") == ()
