"""Small targets of weaknesses that are calls or settings: flawed, fixed, and wrongly fixed."""

from tests.weaknesses.header_targets import HEADERS
from tests.weaknesses.outgoing_targets import OUTGOING
from tests.weaknesses.unpacking_targets import UNPACKING
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
    return user == "cmprobe" and password == secret()

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
    return hmac.compare_digest(password.encode(), secret().encode()) and user == "cmprobe"

def secret():
    return "s3cr3t-of-the-shop"
""",
)

TEMPORARY = (
    """
import tempfile

def run(data):
    name = tempfile.mktemp()
    with open(name, "w") as file:
        file.write("shop")
    return len(data)
""",
    """
import os
import tempfile

def run(data):
    handle, name = tempfile.mkstemp()
    with os.fdopen(handle, "w") as file:
        file.write("shop")
    return len(data)
""",
    """
import os
import tempfile

def run(data):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "shop.txt"), "w") as file:
            file.write("shop")
    return len(data)
""",
    """
import os
import tempfile

def run(data):
    handle, name = tempfile.mkstemp()
    os.close(handle)
    with open(name, "w") as file:
        file.write("shop")
    return len(data)
""",
)
TEMPORARY_WRONG = (
    # The number of the process.
    """
import os
import tempfile

def run(data):
    with open(os.path.join(tempfile.gettempdir(), "shop-%d" % os.getpid()), "w") as file:
        file.write("shop")
    return len(data)
""",
    # A file that is gone before its name is used.
    """
import tempfile

def run(data):
    name = tempfile.NamedTemporaryFile().name
    with open(name, "w") as file:
        file.write("shop")
    return len(data)
""",
    # To ask first.
    """
import os
import tempfile

def run(data):
    name = tempfile.gettempdir() + "/shop"
    if os.path.islink(name):
        raise ValueError(name)
    with open(name, "w") as file:
        file.write("shop")
    return len(data)
""",
    # By another function of the module.
    """
import tempfile

def run(data):
    with open(scratch(), "w") as file:
        file.write("shop")
    return len(data)

def scratch():
    return tempfile.mktemp()
""",
    # A folder that may be somebody else's.
    """
import os
import tempfile

def run(data):
    folder = os.path.join(tempfile.gettempdir(), "shop")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "shop.txt"), "w") as file:
        file.write("shop")
    return len(data)
""",
)
FIXED_NAME = (
    """
def run(text):
    with open("/tmp/shop.log", "w") as file:
        file.write("shop")
    return len(text)
""",
    """
import os

def run(text):
    folder = os.path.expanduser("~/.shop")
    os.makedirs(folder, exist_ok=True)
    with open(folder + "/shop.log", "w") as file:
        file.write("shop")
    return len(text)
""",
)
RIGHTS = (
    """
import os

def run(path):
    os.chmod(path, 0o666)
    return True
""",
    """
import os

def run(path):
    os.chmod(path, 0o644)
    return True
""",
)
RIGHTS_WRONG = (
    """
import os

def run(path):
    os.chmod(path, 0o662)
    return True
""",
    """
import os

def run(path):
    with open(path) as file:
        os.fchmod(file.fileno(), 0o666)
    return True
""",
    """
import subprocess

def run(path):
    subprocess.run(["chmod", "a+w", path])
    return True
""",
    """
import os

def run(path):
    widen(path)
    return True

def widen(path):
    os.chmod(path, 0o766)
""",
)
CLOSED_LATE = (
    """
import os

def run(path, token):
    with open(path, "w") as file:
        file.write(token)
    os.chmod(path, 0o600)
    return True
""",
    """
import os

def run(path, token):
    with open(path, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(token)
    os.chmod(path, 0o600)
    return True
""",
    """
import os

def run(path, token):
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(token)
    return True
""",
    """
import os

def run(path, token):
    before = os.umask(0o077)
    with open(path, "w") as file:
        file.write(token)
    os.umask(before)
    return True
""",
)
CLOSED_LATE_WRONG = (
    # Not at all.
    """
def run(path, token):
    with open(path, "w") as file:
        file.write(token)
    return True
""",
    # Before it is written, and still after it could be opened.
    """
import os

def run(path, token):
    with open(path, "w") as file:
        os.chmod(path, 0o600)
        file.write(token)
    return True
""",
    # An opener that changes nothing.
    """
import os

def run(path, token):
    with open(path, "w", opener=lambda path, flags: os.open(path, flags, 0o644)) as file:
        file.write(token)
    os.chmod(path, 0o600)
    return True
""",
)

SECRET_IN_FILE = (
    """
def run(path, token):
    with open(path, "w") as file:
        file.write(token)
""",
    """
import os

def run(path, token):
    with open(path, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(token)
""",
    """
import os

def run(path, token):
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(token)
""",
)
SECRET_IN_FILE_WRONG = (
    # Others of the group may read it.
    """
import os

def run(path, token):
    with open(path, "w", opener=lambda path, flags: os.open(path, flags, 0o640)) as file:
        file.write(token)
""",
    # No file at all.
    """
def run(path, token):
    return None
""",
)

_CONNECTS = """
import os
import sqlite3

def connected(path):
    return sqlite3.connect(path)

def run(path):
    {0}
    database = connected(path)
    database.execute("CREATE TABLE IF NOT EXISTS account (token TEXT)")
    database.close()
    {1}
    return True
"""
_MADE = "os.close(os.open(path, os.O_RDWR | os.O_CREAT, {0}))"
DATABASE_LATE = (
    _CONNECTS.format("", "os.chmod(path, 0o600)"),
    _CONNECTS.format(_MADE.format("0o600"), "os.chmod(path, 0o600)"),
    _CONNECTS.format(_MADE.format("0o600"), ""),
)
DATABASE_LATE_WRONG = (
    # Not at all.
    _CONNECTS.format("", ""),
    # Made before, as open as it was.
    _CONNECTS.format(_MADE.format("0o644"), "os.chmod(path, 0o600)"),
    _CONNECTS.format(_MADE.format("0o644"), ""),
)

RANDOM = (
    """
import random
import string

def run(length):
    return "".join(random.choice(string.ascii_letters) for _ in range(8))
""",
    """
import secrets
import string

def run(length):
    return "".join(secrets.choice(string.ascii_letters) for _ in range(8))
""",
    """
import secrets

def run(length):
    return secrets.token_hex(4)
""",
    """
import uuid

def run(length):
    return uuid.uuid4().hex[:8]
""",
    """
import os

def run(length):
    return os.urandom(6).hex()
""",
    """
import random

def run(length):
    return f"{random.SystemRandom().randrange(10**6):06}"
""",
)
RANDOM_WRONG = (
    # A generator of one's own, seeded by the clock.
    """
import string
import time

def run(length):
    state = time.time_ns()
    code = ""
    for _ in range(8):
        state = (state * 1103515245 + 12345) % 2**31
        code += string.ascii_letters[state % 52]
    return code
""",
    # A counter behind a hash without a key.
    """
import hashlib
import itertools

NUMBERS = itertools.count()

def run(length):
    return hashlib.sha256(str(next(NUMBERS)).encode()).hexdigest()[:8]
""",
    # Chosen well, among few.
    """
import secrets

CODES = [f"code-{number:03}" for number in range(500)]

def run(length):
    return secrets.choice(CODES)
""",
)

_COMPARED = "timing-unsafe-comparison"
_TEMPORARY = "insecure-temporary-file"
_RIGHTS = "loose-file-permissions"
OBSERVED = (
    function("timing", _COMPARED, "!= TOKEN", "guess", TIMING, TIMING_WRONG),
    function("timing-among", _COMPARED, "in TOKENS", "guess", TIMING_AMONG, TIMING_AMONG_WRONG),
    function("timing-basic", _COMPARED, "== secret", "authorization", TIMING_BASIC),
    function("temporary", _TEMPORARY, "tempfile.mktemp", None, TEMPORARY, TEMPORARY_WRONG),
    function("temporary-fixed", _TEMPORARY, "open", None, FIXED_NAME),
    function("rights", _RIGHTS, "os.chmod", None, RIGHTS, RIGHTS_WRONG),
    function("rights-late", _RIGHTS, "os.chmod", None, CLOSED_LATE, CLOSED_LATE_WRONG),
    function("rights-database", _RIGHTS, "os.chmod", None, DATABASE_LATE, DATABASE_LATE_WRONG),
    function(
        "rights-secret", _RIGHTS, "io.IOBase.write", None, SECRET_IN_FILE, SECRET_IN_FILE_WRONG
    ),
    function(
        "random-codes", "predictable-randomness", "random.choice", "length", RANDOM, RANDOM_WRONG
    ),
    *OUTGOING,
    *UNPACKING,
    *HEADERS,
)
"""These need the standard library only."""
