"""Secrets told by their shape alone: what vendors give out, private keys, passwords in URLs.

The shapes are those of detect-secrets. It is loaded when a text holds what such a secret begins
with, and only its patterns are used: its way to verify a secret asks the vendor over the network.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from countermine.secrets.words import Held, entropy, is_secret


class _Patterns(Protocol):
    def analyze_string(self, string: str) -> Iterable[str]: ...


BEGINNINGS: dict[bytes, str] = {
    b"AKIA": "AWS access key",
    b"ASIA": "AWS access key",
    b"AccountKey=": "Azure storage key",
    b"ghp_": "GitHub token",
    b"gho_": "GitHub token",
    b"ghu_": "GitHub token",
    b"ghs_": "GitHub token",
    b"ghr_": "GitHub token",
    b"npm_": "npm token",
    b"SG.": "SendGrid key",
    b"xoxb-": "Slack token",
    b"xoxp-": "Slack token",
    b"xoxa-": "Slack token",
    b"xoxs-": "Slack token",
    b"hooks.slack.com/services/": "Slack webhook",
    b"sq0csp-": "Square secret",
    b"sk_live_": "Stripe key",
    b"rk_live_": "Stripe key",
    b"eyJ": "JSON Web Token",
    b"PRIVATE KEY-----": "private key",
    b"://": "password in an address",
    b"AIza": "Google API key",
    b"glpat-": "GitLab token",
    b"github_pat_": "GitHub fine-grained token",
    b"pypi-AgEIcHlwaS5vcmc": "PyPI token",
    b"sk-ant-": "Anthropic key",
    b"sk-proj-": "OpenAI key",
    b"hf_": "Hugging Face token",
}
"""What begins a secret, or stands in it, and what it is called."""
URL = "password in an address"
_OWN: dict[str, re.Pattern[str]] = {
    # Each from its vendor's documentation of the format.
    "Google API key": re.compile(r"\bAIza[\w-]{35}(?![\w-])"),
    "GitLab token": re.compile(r"\bglpat-[\w-]{20}(?![\w-])"),
    "GitHub fine-grained token": re.compile(r"\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?!\w)"),
    "PyPI token": re.compile(r"\bpypi-AgEIcHlwaS5vcmc[\w-]{50,}"),
    "Anthropic key": re.compile(r"\bsk-ant-[\w-]{32,}"),
    "OpenAI key": re.compile(r"\bsk-proj-[\w-]{32,}"),
    "Hugging Face token": re.compile(r"\bhf_[A-Za-z]{34}(?!\w)"),
}
_LIKELY: dict[str, re.Pattern[bytes]] = {
    URL: re.compile(rb"://[^\s/:@\"'{}<>$%*]{0,64}:[^\s/:@\"'{}<>$%*]{4,128}@[\w.-]"),
    "private key": re.compile(rb"PRIVATE KEY-----(?:\\[nr]|\s){1,4}(?:[\w+/=:,. -]|\\n|\s){24}"),
    "JSON Web Token": re.compile(rb"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16}"),
    "Azure storage key": re.compile(rb"AccountKey=[\w+/]{86}=="),
}
"""Cheap looks at what follows a beginning that stands in many texts."""
_AFTER = re.compile(rb"[\w./-]{16}")
_LEAST_ENTROPY = 3.0
_LEAST = 10
_EXAMPLE = re.compile(r"(?i)example|(.)\1{5}|12345678|abcdefgh|x{4}|eyJzdWIiOiIxMjM0NTY3ODkw")
_NO_HOST = re.compile(
    r"(?i)@(?:[\w.-]*\.)?(?:example(?:\.\w+)?|test|invalid|localhost|host(?:name)?|server|proxy"
    r"|domain\.\w+|127\.0\.0\.1|0\.0\.0\.0|\d+\.\d+\.\d+\.\d+)(?:[:/\s?#]|$)"
)


def may_be(text: bytes, start: int, beginning: bytes) -> bool:
    """Tell cheaply whether a secret may begin at ``start``, where ``beginning`` stands."""
    likely = _LIKELY.get(BEGINNINGS[beginning])
    if likely is not None:
        return likely.match(text, start) is not None
    return _AFTER.match(text, start + len(beginning)) is not None


def shaped(text: str, beginning: bytes) -> str | None:
    """Return what a text holds that has the shape of a secret; ``None`` for a placeholder."""
    what = BEGINNINGS[beginning]
    if what == URL:
        return _password_of_address(text)
    own = _OWN.get(what)
    if own is not None:
        found = [match[0] for match in own.finditer(text)]
    else:
        # Where a pattern has groups these are what it gives; then the text is the secret.
        given = [str(one) for one in _plugins()[what].analyze_string(text)]
        found = [one if len(one) >= _LEAST else text for one in given]
    return next((one for one in found if not _is_made_up(one)), None)


def every(text: str, beginning: bytes) -> list[str]:
    """Return all that has such a shape in a text, placeholders too.

    The list is empty where the pattern tells only that there is one, as for private keys, and for
    addresses: ``values`` has shapes for both.
    """
    what = BEGINNINGS[beginning]
    if what == URL:
        return []
    own = _OWN.get(what)
    if own is not None:
        return [match[0] for match in own.finditer(text)]
    given = [str(one) for one in _plugins()[what].analyze_string(text)]
    return [one for one in given if len(one) >= _LEAST and one in text and " " not in one]


@lru_cache(maxsize=1)
def _plugins() -> dict[str, _Patterns]:
    # A third of a second, which a search without such texts need not wait for.
    from detect_secrets.plugins.aws import AWSKeyDetector  # noqa: PLC0415
    from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector  # noqa: PLC0415
    from detect_secrets.plugins.basic_auth import BasicAuthDetector  # noqa: PLC0415
    from detect_secrets.plugins.github_token import GitHubTokenDetector  # noqa: PLC0415
    from detect_secrets.plugins.jwt import JwtTokenDetector  # noqa: PLC0415
    from detect_secrets.plugins.npm import NpmDetector  # noqa: PLC0415
    from detect_secrets.plugins.private_key import PrivateKeyDetector  # noqa: PLC0415
    from detect_secrets.plugins.sendgrid import SendGridDetector  # noqa: PLC0415
    from detect_secrets.plugins.slack import SlackDetector  # noqa: PLC0415
    from detect_secrets.plugins.square_oauth import SquareOAuthDetector  # noqa: PLC0415
    from detect_secrets.plugins.stripe import StripeDetector  # noqa: PLC0415

    return {
        "AWS access key": AWSKeyDetector(),
        "Azure storage key": AzureStorageKeyDetector(),
        URL: BasicAuthDetector(),
        "GitHub token": GitHubTokenDetector(),
        "JSON Web Token": JwtTokenDetector(),
        "npm token": NpmDetector(),
        "private key": PrivateKeyDetector(),
        "SendGrid key": SendGridDetector(),
        "Slack token": SlackDetector(),
        "Slack webhook": SlackDetector(),
        "Square secret": SquareOAuthDetector(),
        "Stripe key": StripeDetector(),
    }


def _is_made_up(secret: str) -> bool:
    return _EXAMPLE.search(secret) is not None or entropy(secret) < _LEAST_ENTROPY


def _password_of_address(text: str) -> str | None:
    for found in _plugins()[URL].analyze_string(text):
        password = str(found)
        place = text.find(f":{password}@")
        user = re.split(r"[/\s]", text[:place])[-1]
        if (
            password.lower() != user.lower()
            and is_secret(Held.PASSWORD, password, user, beside_user=False)
            and _NO_HOST.match(text, place + 1 + len(password)) is None
        ):
            return password
    return None
