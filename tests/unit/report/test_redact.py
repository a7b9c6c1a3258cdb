"""Values of secrets are hidden, and code is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.report.redact import redact, redact_bytes

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----"
ENCRYPTED = (
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0A1B\n\n"
    "MIIEowIBAAKC\n-----END RSA PRIVATE KEY-----"
)
SECRET = [
    (ENCRYPTED, "MIIEowIBAAKC"),
    ('password = "hunter2"', "hunter2"),
    ("PASSWORD: str = 'hunter2'", "hunter2"),
    ('{"api_key": "zyx-987", "n": 1}', "zyx-987"),
    ('connect(user="u", password="hunter2")', "hunter2"),
    ("os.environ['DB_PASSWORD'] = 'hunter2'", "hunter2"),
    ('if token == "hunter2":', "hunter2"),
    ("token = rb'hunter2'", "hunter2"),
    ("postgresql://shop:hunter2@db/shop", "hunter2"),
    ("SECRET_KEY=hunter2\nA=1", "hunter2"),
    ("export DB_PASSWORD=hunter2", "hunter2"),
    ("db.password=hunter2", "hunter2"),
    ("Authorization: Bearer abc.def-123", "abc.def-123"),
    ("headers={'Authorization': 'Basic dTpwYXNz'}", "dTpwYXNz"),
    ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
    ("x = f('ghp_" + "a1" * 18 + "')", "ghp_" + "a1" * 18),
    ("glpat-" + "a1" * 10, "glpat-" + "a1" * 10),
    ("xoxb-123456789012-abcdef", "xoxb-123456789012-abcdef"),
    ("sk_live_" + "a1" * 12, "sk_live_" + "a1" * 12),
    ("AIza" + "a" * 35, "AIza" + "a" * 35),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jV", "dozjgNryP4J3jV"),
    (PEM, "IBAAKC"),
    ('key = "-----BEGIN PRIVATE KEY-----\\nMIIEow\\n-----END"', "MIIEow"),
]
CODE = [
    'password = request.form["password"]',
    "token = secrets.token_hex()",
    'password = f"{user}-{salt}"',
    'TOKEN_URL = "https://example.org/token"',
    'def login(password: str = "") -> None:',
    '{"name": "token"}',
    'getpass("Password: ")',
    "https://example.org:8080/a@b",
    'eval(formula, {"price": price})',
    "TOKEN=request.args",
    "connect(token=token1234)",
    "hashlib.md5(email.encode()).hexdigest()",
]


@pytest.mark.parametrize(("text", "secret"), SECRET)
def test_the_value_of_a_secret_is_hidden(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redact(text)
    assert "*****" in redact(text)


@pytest.mark.parametrize("text", CODE)
def test_code_that_handles_secrets_is_shown(text: str) -> None:
    assert redact(text) == text


def test_names_stay_where_values_go() -> None:
    assert redact('password = "hunter2"  # of the shop') == 'password = "*******"  # of the shop'


@pytest.mark.parametrize("text", [text for text, _ in SECRET] + CODE)
def test_places_stay_what_they_are(text: str) -> None:
    hidden = redact(text)
    assert [len(line) for line in hidden.splitlines()] == [len(line) for line in text.splitlines()]


def test_bytes_that_are_no_text_stay() -> None:
    assert redact_bytes(b"\xff\xfe password = 'hunter2' \xff") == (
        b"\xff\xfe password = '*******' \xff"
    )


@given(st.binary(max_size=200))
def test_length_and_line_ends_stay_whatever_the_bytes(text: bytes) -> None:
    hidden = redact_bytes(text)
    assert len(hidden) == len(text)
    assert [at for at, byte in enumerate(hidden) if byte in b"\r\n"] == [
        at for at, byte in enumerate(text) if byte in b"\r\n"
    ]


@pytest.mark.parametrize(
    "piece", ["password", "://", "x://a", "-----BEGIN PRIVATE KEY-----", "eyJaaaaaaaaa", "a_", '="']
)
def test_long_text_of_one_piece_takes_no_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert len(redact(text)) == len(text)
