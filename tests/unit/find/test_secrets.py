"""Secrets in code are told by the names that they get or by their shape, and never shown."""

from pathlib import Path

import pytest

from countermine.catalogue.loader import load
from countermine.core.findings import Finding
from countermine.core.inventory import FileRole, Inventory, SourceFile
from countermine.core.levels import Confidence
from countermine.core.spans import tree_path
from countermine.find.flows import find_flows
from countermine.find.request import FindRequest
from countermine.ports.progress import Silent
from countermine.secrets.words import Held, held
from countermine.weaknesses.facts_index import ALL_FACTS

# Put together here, so that nothing that looks for secrets in this repository finds one.
LETTERS = "q7Zk2Vw9Xb4Nt6Rp1Ls8Mc3Hd5Jf0Gy7Te2Uo4Ai"
SHAPED = {
    "AWS": "AKIA" + "Q7ZK2VW9XB4NT6RP",
    "GitHub": "ghp_" + LETTERS[:36],
    "GitHub, fine-grained": "github_pat_" + LETTERS[:22] + "_" + (LETTERS * 2)[:59],
    "GitLab": "glpat-" + LETTERS[:20],
    "Slack": "xoxb-" + "81726354901-91827364501-" + LETTERS[:24].lower(),
    "Slack webhook": "https://hooks.slack.com/services/" + "T7QZ2VW9X/B4NT6RP1L/" + LETTERS[:24],
    "Stripe": "sk_live_" + LETTERS[:24],
    "SendGrid": "SG." + LETTERS[:22] + "." + (LETTERS * 2)[5:48],
    "npm": "npm_" + LETTERS[:36],
    "Google": "AIza" + LETTERS[:35],
    "Azure": "DefaultEndpointsProtocol=https;AccountKey=" + (LETTERS * 3)[:86] + "==",
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\\n" + (LETTERS * 4)[:120] + "\\n-----END",
    "an address": "postgresql://shop:" + LETTERS[:12] + "@db.shop.internal/shop",
}
NO_SECRETS = {
    "AWS, of the documentation": "AKIA" + "IOSFODNN7EXAMPLE",
    "GitHub, of one letter": "ghp_" + "x" * 36,
    "a key without its body": "-----BEGIN RSA PRIVATE KEY-----",
    "an address with a template": "postgresql://{user}:{password}@{host}/shop",
    "an address with words": "postgresql://user:password@db.shop.internal/shop",
    "an address with a word": "postgresql://custom:system@database/engine",
    "an address of an example": "https://me:" + LETTERS[:12] + "@example.com/",
    "an address without a password": "https://shop.internal:8443/a@b",
}
FLAWED = {
    "an assignment": 'DB_PASSWORD = "tr0ub4dor&3"',
    "an attribute": 'class A:\n    def f(self):\n        self.api_key = "9f8a7c6b5d4e3f2a1b0c"',
    "a keyword": 'connect(host="db", user="shop", password="correcthorse")',
    "an item": 'CONFIG = {"user": "shop", "password": "s3cr3tpw"}',
    "a key of settings": 'app.config["SECRET_KEY"] = "not so secret"',
    "a default": 'def connect(host, password="tr0ub4dor&3"):\n    return host',
    "an annotated assignment": 'auth_token: str = "d41d8cd98f00b204e9800998ecf8427e"',
    "a comparison": 'def check(password):\n    return password == "tr0ub4dor&3"',
    "a fallback": 'import os\nSECRET_KEY = os.environ.get("SECRET_KEY", "hard to guess string")',
    "bytes": 'signing_key = b"4f1c9a7be2d803655"',
    "in parentheses": 'API_TOKEN = (\n    "d41d8cd98f00b204e9800998ecf8427e"\n)',
}
QUIET = {
    "the environment": 'import os\nDB_PASSWORD = os.environ["DB_PASSWORD"]',
    "a placeholder": 'DB_PASSWORD = "changeme"\nAPI_KEY = "your-api-key-goes-here-1234"',
    "a template": 'PASSWORD = "${DB_PASSWORD}"\nTOKEN = "<token of 32 hex digits 0123>"',
    "a name": 'PASSWORD = "password"\nGRANT = {"password": "user_password"}',
    "an error": 'INVALID_PASSWORD = "the passw0rd is wrong!"\npassword = "Enter your password: "',
    "a form field": 'password_field = "p4ssw0rd_input"\nPASSWORD_URL = "/passw0rd/1"',
    "nothing": 'password = ""\nsecret_key = None\ntoken = "-"',
    "a token of a parser": 'token = "IDENTIFIER"\nif token == "==":\n    pass',
    "a kind": 'if auth_type == "password":\n    pass\nif password == "":\n    pass',
    "words": 'access_token = "oauth_access_token_response"\nsecret = "projects/a/secrets/b"',
    "a docstring": 'def f():\n    """password = "tr0ub4dor&3" """',
    "a comment": '# password = "tr0ub4dor&3"',
    "an address": 'token_uri = "x"\naccess_token = "https://auth.shop.org/oauth2/v4/token"',
    "a masked value": 'password = "********"\nsecret_key = "XXXXXXXXXXXXXXXX"',
    "a text put together": 'password = f"pw-{number}-9f8a7c"',
    "a lookup": 'import os\npassword = os.environ.get("DB_PASSWORD", "p4ssw0rd")',
    "a type": 'FIELDS = {"user": "string?", "password": "string?"}',
    "a table of digests": "DIGESTS = {"
    + ", ".join(f'"Key{n}": "9f8a7c6b5d4e3f{n}0"' for n in range(9))
    + ', "ApiKey": "9f8a7c6b5d4e3f2a"}',
    "a unit of numbers": 'token = "000000000000000000000000"',
}


def search(folder: Path, code: str, name: str = "case.py") -> tuple[Finding, ...]:
    (folder / name).write_text(code + "\n", encoding="utf-8")
    file = SourceFile(path=tree_path(name), size_bytes=len(code) + 1, role=FileRole.SOURCE)
    inventory = Inventory(root=str(folder), files=(file,), skipped=())
    request = FindRequest(inventory=inventory, catalogue=load(), weaknesses=ALL_FACTS)
    return find_flows(request, Silent()).findings


@pytest.mark.parametrize("case", SHAPED)
def test_a_secret_of_a_known_shape_is_found_whatever_it_is_called(
    case: str, tmp_path: Path
) -> None:
    (finding,) = search(tmp_path, f'THING = "{SHAPED[case]}"')
    assert finding.weakness == "hard-coded-secret"
    assert finding.confidence in (Confidence.HIGH, Confidence.MEDIUM)


@pytest.mark.parametrize("case", NO_SECRETS)
def test_what_only_looks_like_the_shape_is_not_found(case: str, tmp_path: Path) -> None:
    assert search(tmp_path, f'THING = "{NO_SECRETS[case]}"') == ()


@pytest.mark.parametrize("case", FLAWED)
def test_a_value_with_the_name_of_a_secret_is_found(case: str, tmp_path: Path) -> None:
    (finding,) = search(tmp_path, FLAWED[case])
    assert finding.weakness == "hard-coded-secret"


@pytest.mark.parametrize("case", QUIET)
def test_a_value_that_is_no_secret_is_not_found(case: str, tmp_path: Path) -> None:
    assert search(tmp_path, QUIET[case]) == ()


def test_no_finding_shows_the_secret(tmp_path: Path) -> None:
    (finding,) = search(tmp_path, 'DB_PASSWORD = "tr0ub4dor&3"')
    assert "tr0ub4dor" not in repr(finding)
    (other,) = search(tmp_path, 'DB_PASSWORD = "something-0ther"')
    assert other.fingerprint == finding.fingerprint


def test_a_secret_is_told_where_it_is_defined_and_not_again_where_it_is_used(
    tmp_path: Path,
) -> None:
    code = (
        'import jwt\nJWT_SECRET = "tr0ub4dor&3"\n\n'
        "def made(claims):\n    return jwt.encode(claims, JWT_SECRET)"
    )
    (finding,) = search(tmp_path, code)
    assert finding.sink == "JWT_SECRET"


def test_a_user_and_password_that_are_tried_first_are_default_credentials(tmp_path: Path) -> None:
    (finding,) = search(tmp_path, 'login(user="admin", password="admin")')
    assert finding.weakness == "default-credentials"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("DB_PASSWORD", Held.PASSWORD),
        ("smtpPass", Held.PASSWORD),
        ("apiKey", Held.KEY),
        ("aws_secret_access_key", Held.KEY),
        ("SECRET_KEY", Held.SIGNING_KEY),
        ("JWT_SECRET", Held.SIGNING_KEY),
        ("password_hash", None),
        ("reset_password", None),
        ("token_url", None),
        ("csrf_token", None),
        ("primary_key", None),
        ("bypass", None),
    ],
)
def test_a_name_says_what_it_holds(name: str, what: Held | None) -> None:
    assert held(name) is what
