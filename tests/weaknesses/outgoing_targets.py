"""Small targets of what goes out, or comes in: answers, logs, connections, cookies, texts."""

from dataclasses import replace

from tests.weaknesses.witness_targets import function

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

_COOKIE_HEAD = """
from http.cookies import SimpleCookie

class Response:
    def __init__(self):
        self.cookies = SimpleCookie()

    def set_cookie(self, key, value, secure=False, httponly=False):
        self.cookies[key] = value
        self.cookies[key]["secure"], self.cookies[key]["httponly"] = secure, httponly
        self.header = self.cookies[key].OutputString()

def run(user):
    response = Response()
"""
COOKIE_SECURE = (
    _COOKIE_HEAD + '    response.set_cookie("session", "1", httponly=True)\n    return True\n',
    _COOKIE_HEAD
    + '    response.set_cookie("session", "1", secure=True, httponly=True)\n'
    + '    response.set_cookie("language", "en")\n    return True\n',
)
COOKIE_SECURE_WRONG = (
    # Another cookie.
    _COOKIE_HEAD
    + '    response.set_cookie("session", "1", httponly=True)\n'
    + '    response.set_cookie("other", "1", secure=True)\n    return True\n',
    # Set twice.
    _COOKIE_HEAD
    + '    response.set_cookie("session", "1", secure=True, httponly=True)\n'
    + '    response.set_cookie("session", "1", httponly=True)\n    return True\n',
    # Under another name.
    _COOKIE_HEAD + '    response.set_cookie("session2", "1", httponly=True)\n    return True\n',
    # Not at all.
    _COOKIE_HEAD + "    return True\n",
)
COOKIE_HTTPONLY = (
    _COOKIE_HEAD + '    response.set_cookie("session", "1", secure=True)\n    return True\n',
    _COOKIE_HEAD
    + '    response.set_cookie("session", "1", secure=True, httponly=True)\n    return True\n',
)

_LOG = "log-injection"
_SECURE = "cookie-without-secure"
_HTTPONLY = "cookie-without-httponly"
_EXPONENTIAL = "exponential-regular-expression"
_POLYNOMIAL = "polynomial-regular-expression"
_CERTIFICATE = "disabled-certificate-checks"
_FORGERY = "server-side-request-forgery"
_REDIRECT = "open-redirect"
OUTGOING = (
    function("redirect", _REDIRECT, "redirect", "address", REDIRECT, REDIRECT_WRONG),
    function("log", _LOG, "logging.Logger.info", "user", LOG, LOG_WRONG),
    replace(
        function("secure", _SECURE, "*.set_cookie", None, COOKIE_SECURE, COOKIE_SECURE_WRONG),
        place='response.set_cookie("session", "1", httponly=True)',
    ),
    replace(
        function("httponly", _HTTPONLY, "*.set_cookie", None, COOKIE_HTTPONLY),
        place='response.set_cookie("session", "1", secure=True)',
    ),
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
