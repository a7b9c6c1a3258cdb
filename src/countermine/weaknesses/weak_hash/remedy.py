"""Remedies: a strong hash where the value protects something, a word that it does not elsewhere.

A hash of a password is left alone: it needs another function altogether, and the stored ones
would no longer match.
"""

import re

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, argument, has_starred, misfit, other_kind, sink_call

_PASSWORD = re.compile(r"passw|pwd|passphrase|credential", re.IGNORECASE)
_FLEETING = re.compile(
    r"token|sign|csrf|nonce|session|reset|hmac|secret|verif|auth|api_?key|salt", re.IGNORECASE
)
_CHECKSUM = re.compile(
    r"checksum|etag|cache|digest_of_file|fingerprint|dedup|content_hash|file_hash|hash_file|"
    r"gravatar|avatar|md5sum|integrity|bucket|shard|color|colour",
    re.IGNORECASE,
)
_WEAK = {"hashlib.md5", "hashlib.sha1"}
_WEAK_NAMES = {"md5", "sha1", "sha-1"}


def _what_for(site: Site) -> str:
    """Return the words around the call that say what the hash is for."""
    statement = next(
        (n for n in reversed(site.chain) if isinstance(n, cst.SimpleStatementLine)), None
    )
    function = site.function.name.value if site.function else ""
    return f"{function} {site.tree.code(statement) if statement else ''}"


def _strong_hash(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    name = site.callee(call) if call else None
    if call is None or has_starred(call):
        misfit("what is called cannot be told")
    words = _what_for(site)
    if _PASSWORD.search(words):
        misfit("a password needs a slow hash such as hashlib.scrypt, and stored ones be moved over")
    if not _FLEETING.search(words) or _CHECKSUM.search(words):
        misfit("whether anything depends on the length or on stored values cannot be told")
    if name in _WEAK:
        draft.replace(call.func, draft.member("hashlib", "sha256"))
    else:
        weak = _weak_name(site, call, name)
        draft.replace(weak, _named_strong(draft, weak))
    return "Use SHA-256 instead of a broken hash"


def _weak_name(site: Site, call: cst.Call, name: str | None) -> cst.BaseExpression:
    """Return the argument that names the hash."""
    position, keyword = {
        "hashlib.new": (0, "name"),
        "hmac.new": (2, "digestmod"),
        "hmac.digest": (2, "digest"),
        "hashlib.pbkdf2_hmac": (0, "hash_name"),
    }.get(name or "", (None, "-"))
    arg = argument(call, position, keyword)
    if arg is None:
        misfit(f"{name} is no hash with a stronger one of the same form")
    value = arg.value
    if isinstance(value, cst.SimpleString):
        weak = str(value.evaluated_value).lower() in _WEAK_NAMES
    else:
        weak = site.resolve(value) in _WEAK
    if not weak:
        misfit("the hash is no weak one")
    return value


def _named_strong(draft: Draft, weak: cst.BaseExpression) -> str:
    if isinstance(weak, cst.SimpleString):
        return f"{weak.quote}sha256{weak.quote}"
    return draft.member("hashlib", "sha256")


def _not_for_security(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    name = site.callee(call) if call else None
    if call is None or name not in {*_WEAK, "hashlib.new"} or has_starred(call):
        other_kind()
    words = _what_for(site)
    if _PASSWORD.search(words) or not _CHECKSUM.search(words):
        other_kind()
    if argument(call, None, "usedforsecurity") is not None:
        misfit("the call says already what it is for")
    draft.add_argument(call, "usedforsecurity=False")
    return "Say that the hash protects nothing"


REMEDIES = (
    remedy("strong-hash", _strong_hash),
    remedy("not-for-security", _not_for_security),
)
