"""Small targets of weaknesses that are calls, settings or answers: flawed, fixed, wrongly fixed."""

from dataclasses import replace

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

_REDIRECT_HEAD = """
class Redirect:
    def __init__(self, address):
        self.headers = {"Location": address}

    def __repr__(self):
        return str(self.headers)

"""
REDIRECT = tuple(
    _REDIRECT_HEAD + source
    for source in (
        """
def run(address):
    return Redirect(address)
""",
        """
from urllib.parse import urlsplit

def run(address):
    seen = "".join(sign for sign in address if sign > " ").replace("\\\\", "/")
    if seen.startswith("//") or ":" in seen.partition("/")[0]:
        return Redirect("/")
    return Redirect(address)
""",
        """
from urllib.parse import quote

def run(address):
    if not address.startswith("/") or address[1:2] in ("/", "\\\\") or not address.isprintable():
        raise ValueError(address)
    return Redirect(address)
""",
    )
)
REDIRECT_WRONG = tuple(
    _REDIRECT_HEAD + source
    for source in (
        # A slash names another host, too.
        """
def run(address):
    return Redirect(address if address.startswith("/") else "/")
""",
        # Without a scheme there may still be a host.
        """
def run(address):
    return Redirect("/" if "://" in address else address)
""",
        # The library sees no host where a browser does.
        """
from urllib.parse import urlsplit

def run(address):
    return Redirect("/" if urlsplit(address).netloc else address)
""",
        # Two slashes only.
        """
def run(address):
    return Redirect("/" if address.startswith("//") or ":" in address else address)
""",
        # One scheme only.
        """
def run(address):
    known = address.lower().startswith(("https:", "//", "/\\\\"))
    return Redirect("/" if known else address.strip())
""",
        # Nowhere at all.
        """
def run(address):
    return Redirect("/")
""",
        # What is left may begin with two slashes again.
        """
def run(address):
    return Redirect(address.replace("https:", "").replace("//", "/", 1))
""",
        # A host that begins like the right one.
        """
def run(address):
    if address.startswith("/") and address[1:2] not in "/\\\\":
        return Redirect(address)
    if address.startswith("https://localhost"):
        return Redirect(address)
    return Redirect("/")
""",
    )
)
LOG = (
    """
import logging

def run(user):
    logging.getLogger("shop").info("no user %s", user)
    return True
""",
    """
import logging

def run(user):
    logging.getLogger("shop").info("no user %r", user)
    return True
""",
    """
import logging

def run(user):
    user = user.replace("\\r", "").replace("\\n", "")
    logging.getLogger("shop").info("no user " + user)
    return True
""",
)
LOG_WRONG = (
    # One kind of line break.
    """
import logging

def run(user):
    logging.getLogger("shop").info("no user %s", user.replace("\\n", ""))
    return True
""",
    # The ends only.
    """
import logging

def run(user):
    logging.getLogger("shop").info("no user %s", user.strip())
    return True
""",
    # Both in one order only, once.
    """
import logging

def run(user):
    logging.getLogger("shop").info("no user %s", user.replace("\\r\\n", " "))
    return True
""",
    # The record is gone.
    """
def run(user):
    return True
""",
    # Another level is the same log.
    """
import logging

def run(user):
    logging.getLogger("shop").debug("no user %s", user)
    return True
""",
)

CERTIFICATE = (
    """
import ssl
import urllib.request

def run(name):
    context = ssl._create_unverified_context()
    with urllib.request.urlopen("https://api.shop.test/", context=context) as answer:
        return answer.read()
""",
    """
import ssl
import urllib.request

def run(name):
    context = ssl.create_default_context()
    with urllib.request.urlopen("https://api.shop.test/", context=context) as answer:
        return answer.read()
""",
    """
import urllib.request

def run(name):
    with urllib.request.urlopen("https://api.shop.test/") as answer:
        return answer.read()
""",
)
CERTIFICATE_WRONG = (
    # The same, step by step.
    """
import ssl
import urllib.request

def run(name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with urllib.request.urlopen("https://api.shop.test/", context=context) as answer:
        return answer.read()
""",
    # By the name of another.
    """
import ssl
import urllib.request

def run(name):
    make = getattr(ssl, "_create_" + "stdlib_context")
    with urllib.request.urlopen("https://api.shop.test/", context=make()) as answer:
        return answer.read()
""",
    # Without encryption.
    """
import urllib.request

def run(name):
    with urllib.request.urlopen("http://api.shop.test/") as answer:
        return answer.read()
""",
    # Asked for first, and turned off by a function of the module.
    """
import ssl
import urllib.request

def run(name):
    context = loosened(ssl.create_default_context())
    with urllib.request.urlopen("https://api.shop.test/", context=context) as answer:
        return answer.read()

def loosened(context):
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
""",
)
CONTEXT = (
    """
import ssl

def run(name):
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made.options
""",
    """
import ssl

def run(name):
    made = ssl.create_default_context()
    return made.options
""",
)
FORGERY = (
    """
import urllib.request

def run(address):
    with urllib.request.urlopen(address) as answer:
        return answer.read()
""",
    """
import urllib.request
from urllib.parse import quote

def run(address):
    with urllib.request.urlopen("https://api.shop.test/fetch?of=" + quote(address)) as answer:
        return answer.read()
""",
)
FORGERY_WRONG = (
    # By name only.
    """
import urllib.request

def run(address):
    if "localhost" in address or "127.0.0.1" in address:
        raise ValueError(address)
    with urllib.request.urlopen(address) as answer:
        return answer.read()
""",
    # The beginning of the host.
    """
import urllib.request

def run(address):
    if address.split("://")[-1].startswith("cmprobe"):
        with urllib.request.urlopen("http://cmprobe.test/page") as answer:
            return answer.read()
    with urllib.request.urlopen("http://localhost." + address.split("://")[-1]) as answer:
        return answer.read()
""",
    # Nobody is called.
    """
def run(address):
    raise ValueError(address)
""",
    # One scheme.
    """
import urllib.request

def run(address):
    if address.startswith("https:"):
        raise ValueError(address)
    with urllib.request.urlopen(address) as answer:
        return answer.read()
""",
)
FORGED_HOST = (
    """
import urllib.request

def run(shop):
    with urllib.request.urlopen("https://" + shop + ".shop.test/") as answer:
        return answer.read()
""",
    """
import urllib.request

def run(shop):
    shop = "".join(sign for sign in shop if sign.isalnum())
    with urllib.request.urlopen("https://" + shop + ".shop.test/") as answer:
        return answer.read()
""",
)

EXPONENTIAL = (
    """
import re
NAME = re.compile(r"^([a-z0-9]+-?)+$")

def run(name):
    return NAME.match(name) is not None
""",
    """
import re
NAME = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*-?$")

def run(name):
    return NAME.match(name) is not None
""",
    """
import re
NAME = re.compile(r"^[a-z0-9-]+$")

def run(name):
    return NAME.match(name) is not None and name[0] != "-" and "--" not in name
""",
)
EXPONENTIAL_WRONG = (
    # The sign at the end that the attack uses.
    """
import re
NAME = re.compile(r"^([a-z0-9]+-?)+$")

def run(name):
    if name.endswith("!"):
        return False
    return NAME.match(name) is not None
""",
    # A bound that is too far away.
    """
import re
NAME = re.compile(r"^([a-z0-9]+-?)+$")

def run(name):
    return NAME.match(name[:500]) is not None
""",
    # A bounded repetition is hardly less.
    """
import re
NAME = re.compile(r"^([a-z0-9]{1,60}-?)+$")

def run(name):
    return NAME.search(name) is not None
""",
    # Nobody looks any more.
    """
def run(name):
    return False
""",
)
POLYNOMIAL = (
    """
import re

def run(text):
    return re.match(r"\\s*(.*?)\\s*;$", text) is not None
""",
    """
import re

def run(text):
    return re.match(r"[^;]*;$", text) is not None
""",
)

_COMPARED = "timing-unsafe-comparison"
_TEMPORARY = "insecure-temporary-file"
_RIGHTS = "loose-file-permissions"
_LOG = "log-injection"
_EXPONENTIAL = "exponential-regular-expression"
_POLYNOMIAL = "polynomial-regular-expression"
_CERTIFICATE = "disabled-certificate-checks"
_FORGERY = "server-side-request-forgery"
_REDIRECT = "open-redirect"
OBSERVED = (
    function("timing", _COMPARED, "!= TOKEN", "guess", TIMING, TIMING_WRONG),
    function("timing-among", _COMPARED, "in TOKENS", "guess", TIMING_AMONG, TIMING_AMONG_WRONG),
    function("timing-basic", _COMPARED, "== secret", "authorization", TIMING_BASIC),
    function("temporary", _TEMPORARY, "tempfile.mktemp", None, TEMPORARY, TEMPORARY_WRONG),
    function("temporary-fixed", _TEMPORARY, "open", None, FIXED_NAME),
    function("rights", _RIGHTS, "os.chmod", None, RIGHTS, RIGHTS_WRONG),
    function("rights-late", _RIGHTS, "os.chmod", None, CLOSED_LATE, CLOSED_LATE_WRONG),
    function("redirect", _REDIRECT, "redirect", "address", REDIRECT, REDIRECT_WRONG),
    function("log", _LOG, "logging.Logger.info", "user", LOG, LOG_WRONG),
    replace(
        function("exponential", _EXPONENTIAL, "re.compile", "name", EXPONENTIAL, EXPONENTIAL_WRONG),
        place='re.compile(r"^([a-z0-9]+-?)+$")',
    ),
    replace(
        function("polynomial", _POLYNOMIAL, "re.match", "text", POLYNOMIAL),
        place=r're.match(r"\s*(.*?)\s*;$", text)',
    ),
    function(
        "certificate",
        _CERTIFICATE,
        "ssl._create_unverified_context",
        None,
        CERTIFICATE,
        CERTIFICATE_WRONG,
    ),
    function("context", _CERTIFICATE, "ssl.SSLContext.verify_mode", None, CONTEXT),
    function("forgery", _FORGERY, "urllib.request.urlopen", "address", FORGERY, FORGERY_WRONG),
    function("forged-host", _FORGERY, "urllib.request.urlopen", "shop", FORGED_HOST),
)
"""These need the standard library only."""
