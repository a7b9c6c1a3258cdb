"""Names that hold secrets, and values that are none: words, placeholders, templates."""

import math
import re
from collections import Counter
from enum import StrEnum


class Held(StrEnum):
    """What a name says that it holds."""

    PASSWORD = "password"  # noqa: S105 - the word, not a password
    KEY = "key"
    """Something a machine made up: a key, a token, a secret."""
    SIGNING_KEY = "signing key"
    """What a web framework signs its sessions with; people make it up as well."""


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PASSWORDS = frozenset({"password", "passwd", "pwd", "passphrase", "passcode", "passw"})
_KEYS = frozenset({"secret", "token", "apikey", "secretkey", "accesskey", "privatekey"})
_KINDS_OF_KEY = frozenset(
    {"api", "access", "secret", "private", "signing", "encryption", "auth", "crypto", "master"}
)
_SIGNING = frozenset({"secretkey", "jwtsecret", "jwtsecretkey", "sessionsecret", "cookiesecret"})
_OTHER_THINGS = frozenset(
    {
        "bad", "change", "confirm", "csrf", "dummy", "empty", "example", "expired", "fake", "field",
        "forgot", "has", "header", "help", "invalid", "is", "label", "lost", "message", "missing",
        "mock", "name", "need", "needs", "no", "page", "pagination", "path", "placeholder",
        "prompt", "public", "require", "required", "requires", "reset", "sample", "test", "title",
        "type", "unknown", "update", "url", "use", "weak", "with", "wrong", "xsrf",
    }
)  # fmt: skip
"""Words in the name of something about a secret: its form field, an error, an address."""


def held(name: str) -> Held | None:
    """Return what a variable, keyword or key of that name holds, if that is a secret."""
    words = [word.lower() for word in _WORD.findall(name) if not word.isdigit()]
    if not words or not _OTHER_THINGS.isdisjoint(words):
        return None
    last, joined = words[-1], "".join(words)
    if any(joined.endswith(end) for end in _SIGNING):
        return Held.SIGNING_KEY
    if last in _PASSWORDS or (last == "pass" and len(words) > 1):
        return Held.PASSWORD
    if last in _KEYS or (last == "key" and len(words) > 1 and words[-2] in _KINDS_OF_KEY):
        return Held.KEY
    return None


_PLACEHOLDER = re.compile(
    r"""(?ix)
    ^\W*(?:(?:your|my|the|some|a|an|insert|enter|put|add|set|use|new|old|any)[\W_])
    | chang(?:e|ing)[\W_]*(?:me|this|it|in) | replace | placeholder | example | dummy | sample
    | fixme | todo | redacted | censored | removed | hidden | insert[\W_]?here | goes[\W_]?here
    | not[\W_]?(?:a[\W_]?)?(?:set|real|secret|used|needed) | fake | mock | invalid | unused
    | lorem | foo[\W_]?bar | (?:^|[\W_])(?:foo|bar|baz|qux)(?:[\W_]|$)
    | x{3,} | \*{2,} | \.{3} | (.)\1{4,} | 12345678 | 0123456 | abcdefg | qwerty[a-z]+
    | [<>{}\[\]] | \$\w | \$\( | %\w | %\( | ^\w+\(\)$
    """
)
_ADDRESS = re.compile(
    r"^(?:\w+:)?//|^[./~]|^\w+\.\w+\.\w|\.(?:pem|key|crt|txt|json|ya?ml|py|html)$"
)
_WORDS_JOINED = re.compile(r"[A-Za-z]*(?:[-_./: ][A-Za-z]*)*")
_CAMEL = re.compile(r"[A-Za-z]?[a-z]+(?:[A-Z][a-z]+)*")
_NIL = re.compile(r"[0\-\s]*")
_PLAIN = frozenset(
    {
        "bytes",
        "default",
        "disabled",
        "false",
        "hash",
        "hashed",
        "key",
        "login",
        "none",
        "null",
        "optional",
        "pass",
        "passphrase",
        "passw",
        "passwd",
        "password",
        "pw",
        "pwd",
        "secret",
        "str",
        "string",
        "text",
        "token",
        "true",
        "undefined",
        "unknown",
        "user",
        "username",
    }
)
"""Words that tell what a value is, where the value itself ought to be."""
_ABOUT = re.compile(r"passw|pwd|secret|token|user|login|field|prompt")
"""What names of fields and columns have in them."""
LEAST_PASSWORD = 4
LEAST_KEY = 16
LEAST_SIGNING_KEY = 3
_LEAST_ENTROPY = 3.0
"""Bits a character: words of a language have less than what a machine made up, of that length."""


def is_placeholder(value: str) -> bool:
    """Tell whether a text stands where somebody's secret will be, or is filled in later."""
    plain = value.strip(" \t\n'\"?!:;.,").lower()
    return (
        plain in _PLAIN
        or _PLACEHOLDER.search(value) is not None
        or _ADDRESS.search(value) is not None
        or _NIL.fullmatch(value) is not None
    )


def is_secret(what: Held, value: str, name: str, *, beside_user: bool) -> bool:
    """Tell whether a text is a secret that somebody uses.

    Args:
        what: What its name says.
        value: The text.
        name: The name, which a value only repeats where it is itself a name.
        beside_user: The name of a user or host is given beside it.
    """
    if is_placeholder(value) or _letters(value) == _letters(name) or not value.isprintable():
        return False
    if what is Held.SIGNING_KEY:
        return (len(value) >= LEAST_SIGNING_KEY and not value.isidentifier()) or _is_random(value)
    if what is Held.KEY:
        return len(value) >= LEAST_KEY and " " not in value and _is_random(value)
    return _is_password(value, beside_user=beside_user)


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _is_password(value: str, *, beside_user: bool) -> bool:
    if len(value) < LEAST_PASSWORD or " " in value:
        return False
    if _WORDS_JOINED.fullmatch(value):
        return beside_user and _ABOUT.search(value.lower()) is None
    if beside_user:
        return True
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    odd = any(not c.isalnum() and c not in "-_./: " for c in value) and any(map(str.isalpha, value))
    return (mixed or odd) and not value.isupper()


def _is_random(value: str) -> bool:
    """Tell whether a text looks made up by a machine: letters and digits, of many kinds."""
    if _WORDS_JOINED.fullmatch(value) and not _is_mixed(value):
        return False
    return (
        any(map(str.isdigit, value))
        and any(map(str.isalpha, value))
        and (entropy(value) >= _LEAST_ENTROPY)
    )


def _is_mixed(value: str) -> bool:
    return not any(_CAMEL.fullmatch(part) for part in re.split(r"[-_./: ]", value) if part)


def entropy(text: str) -> float:
    """Return the bits of information in each character, by how often each stands in the text.

    Source: Shannon, A Mathematical Theory of Communication, 1948.
    """
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts) if text else 0.0
