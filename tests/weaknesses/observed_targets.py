"""Small targets of weaknesses that are calls, settings or answers: flawed, fixed, wrongly fixed."""

from tests.weaknesses.witness_targets import function

TIMING = (
    """
TOKEN = "s3cr3t-of-the-shop"

def run(guess):
    if guess != TOKEN:
        raise PermissionError("no")
    return "welcome"
""",
    """
import hmac
TOKEN = "s3cr3t-of-the-shop"

def run(guess):
    if not hmac.compare_digest(guess.encode(), TOKEN.encode()):
        raise PermissionError("no")
    return "welcome"
""",
    """
import secrets
TOKEN = "s3cr3t-of-the-shop"

def run(guess):
    if not guess or not same(guess, TOKEN):
        raise PermissionError("no")
    return "welcome"

def same(one, other):
    return secrets.compare_digest(one.encode(), other.encode())
""",
)
TIMING_WRONG = (
    # The lengths first, then as before.
    """
TOKEN = "s3cr3t-of-the-shop"

def run(guess):
    if len(guess) != len(TOKEN) or guess != TOKEN:
        raise PermissionError("no")
    return "welcome"
""",
    # Another spelling of the same comparison.
    """
TOKEN = "s3cr3t-of-the-shop"

def run(guess):
    if not guess.__eq__(TOKEN):
        raise PermissionError("no")
    return "welcome"
""",
    # A name in between.
    """
TOKEN = "s3cr3t-of-the-shop"

def run(guess):
    known = TOKEN
    if guess != known:
        raise PermissionError("no")
    return "welcome"
""",
    # A loop that ends early.
    """
TOKEN = "s3cr3t-of-the-shop"

def run(guess):
    if len(guess) != len(TOKEN) or not all(a == b for a, b in zip(guess, TOKEN)):
        raise PermissionError("no")
    return "welcome"
""",
    # Beside a right comparison.
    """
import hmac
TOKEN = "s3cr3t-of-the-shop"

def run(guess):
    if guess != TOKEN and not hmac.compare_digest(guess.encode(), TOKEN.encode()):
        raise PermissionError("no")
    return "welcome"
""",
    # A right comparison of something else.
    """
import hmac
TOKEN = "s3cr3t-of-the-shop"

def run(guess):
    if not hmac.compare_digest(guess, guess) or not TOKEN.__eq__(guess):
        raise PermissionError("no")
    return "welcome"
""",
    # Nobody gets in.
    """
import hmac
TOKEN = "s3cr3t-of-the-shop"

def run(guess):
    hmac.compare_digest(guess.encode(), TOKEN.encode())
    raise PermissionError("no")
""",
)
TIMING_AMONG = (
    """
TOKENS = {"s3cr3t-of-the-shop", "s3cr3t-of-the-bank"}

def run(guess):
    return guess in TOKENS
""",
    """
import hmac
TOKENS = {"s3cr3t-of-the-shop", "s3cr3t-of-the-bank"}

def run(guess):
    return any([hmac.compare_digest(guess.encode(), known.encode()) for known in TOKENS])
""",
)
TIMING_AMONG_WRONG = (
    """
TOKENS = {"s3cr3t-of-the-shop", "s3cr3t-of-the-bank"}

def run(guess):
    return any(guess == known for known in sorted(TOKENS))
""",
    """
TOKENS = {"s3cr3t-of-the-shop", "s3cr3t-of-the-bank"}

def run(guess):
    return bool({guess} & TOKENS)
""",
)

TIMING_BASIC = (
    """
import base64

def run(authorization):
    method, _, words = authorization.partition(" ")
    if method.lower() != "basic":
        raise PermissionError("Basic only")
    user, password = base64.b64decode(words).decode().split(":", 1)
    return password == secret()

def secret():
    return "s3cr3t-of-the-shop"
""",
    """
import base64
import hmac

def run(authorization):
    method, _, words = authorization.partition(" ")
    if method.lower() != "basic":
        raise PermissionError("Basic only")
    user, password = base64.b64decode(words).decode().split(":", 1)
    return hmac.compare_digest(password.encode(), secret().encode())

def secret():
    return "s3cr3t-of-the-shop"
""",
)

_COMPARED = "timing-unsafe-comparison"
OBSERVED = (
    function("timing", _COMPARED, "!= TOKEN", "guess", TIMING, TIMING_WRONG),
    function("timing-among", _COMPARED, "in TOKENS", "guess", TIMING_AMONG, TIMING_AMONG_WRONG),
    function("timing-basic", _COMPARED, "== secret", "authorization", TIMING_BASIC),
)
"""These need the standard library only."""
