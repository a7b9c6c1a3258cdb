"""Secrets and traces of the machine do not leave it; code does, byte for byte."""

import base64
import hashlib
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from countermine.models.hidden import PLACEHOLDER, cover, restore
from countermine.models.hiding import Hider
from countermine.models.host_places import Machine
from countermine.ports.model import Material
from countermine.secrets.words import is_placeholder

MACHINE = Machine(
    roots=("/home/alma/projects/shop",),
    folders=("/home/alma/.local/state/countermine", "/home/alma"),
    user="alma",
    hosts=("turing-07.lab.example", "turing-07"),
)
HIDER = Hider(machine=MACHINE)


def shown(text: str, path: str | None = "app/settings.py") -> str:
    """Return what is shown of one piece of material."""
    return HIDER.hide((Material(title="file", text=text, path=path),)).material[0].text


PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0A1B2C\n\n"
    "MIIEowIBAAKCAQEAx7Yz\n-----END RSA PRIVATE KEY-----"
)
CODE = [
    ('SECRET_KEY = "k3#hj2!09ssdf"', "k3#hj2!09ssdf"),
    ("password = 'correcthorse'", "correcthorse"),
    ('connect(user="u", pwd="hunter2!")', "hunter2!"),
    ('DSN = "postgresql://shop:hunter2@db.internal/shop"', "hunter2"),
    ('DSN = "host=db user=app password=hunter2x dbname=shop"', "hunter2x"),
    ('DSN = "Server=db;Uid=app;Pwd=hunter2x;"', "hunter2x"),
    ('URL = "redis://:s3cr3tpw@cache:6379/0"', "s3cr3tpw"),
    ('BLOB = "AccountName=a;AccountKey=' + "aB3/" * 21 + 'ab=="', "aB3/" * 21),
    ('key = "' + "AKIA" + 'QX7RTZ2M4NVB8KLP"', "QX7RTZ2M4NVB8KLP"),
    ('aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzKEYQ"', "wJalrXUtnFEMI"),
    ('t = "ghp_' + "a1B2" * 9 + '"', "a1B2" * 9),
    ('t = "github_pat_' + "a1B2c3" * 5 + '"', "a1B2c3" * 5),
    ('t = "glpat-' + "a1B2c" * 4 + '"', "a1B2c" * 4),
    ('t = "xoxb-123456789012-abcdefABCDEF"', "123456789012-abcdefABCDEF"),
    ('t = "sk_live_' + "a1B2" * 6 + '"', "a1B2" * 6),
    ('t = "AIza' + "a1B2c" * 7 + '"', "a1B2c" * 7),
    ('t = "sk-ant-api03-' + "a1B2" * 8 + '"', "a1B2" * 8),
    ('t = "hf_' + "aBcDeF" * 5 + 'abcd"', "aBcDeF" * 5),
    ('t = "npm_' + "a1B2" * 9 + '"', "a1B2" * 9),
    ('t = "SG.' + "a1B2c3d4" * 2 + "." + "a1B2c3d4" * 5 + '"', "a1B2c3d4" * 5),
    ('t = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.dozjgNryP4J3jVmNHl0w5N"', "dozjgNryP4J3jV"),
    ('h = {"Authorization": "Bearer abc.def-123456"}', "abc.def-123456"),
    ("# the staging key is 9f86d081884c7d659a2feaa0c55ad015 for now", "9f86d081884c7d65"),
    ('x = "Zk9fQ2xvdWQ3c0tleU5vYm9keUtub3dz"', "Zk9fQ2xvdWQ3c0tleU5vYm9keUtub3dz"),
    (f'key = """{PEM}"""', "MIIEowIBAAKCAQEAx7Yz"),
    ('key = "-----BEGIN PRIVATE KEY-----\\nMIIEow\\n-----END PRIVATE KEY-----"', "MIIEow"),
    ('SID = "AC9f86d081884c7d659a2feaa0c55ad015"', "9f86d081884c7d659a2f"),
    ('jar = "sessionid=9fQ2xvZk7xK2pQ9zLm4R"', "9fQ2xvZk7xK2pQ9zLm4R"),
    ('run("mysql -u app --password hunter2x")', "hunter2x"),
]
OTHER = [
    ("DB_PASSWORD=correcthorsebattery\n", ".env", "correcthorsebattery"),
    ("export API_TOKEN=zunderbaum\n", "deploy/.env.prod", "zunderbaum"),
    ("database:\n  password: correcthorse\n", "config.yml", "correcthorse"),
    ('{"client_secret": "correcthorse"}', "google.json", "correcthorse"),
    ("[db]\npasswd = correcthorse\n", "app.ini", "correcthorse"),
    ("GET /x?api_key=9fd82kd0&n=1 200", None, "9fd82kd0"),
    ("E   AssertionError: token=9fd82kd0", None, "9fd82kd0"),
    ("X-Api-Key: 9fd82kd0", None, "9fd82kd0"),
    ("OPERATOR_TOKEN=zunderbaum python -m shop", None, "zunderbaum"),
]


@pytest.mark.parametrize(("text", "secret"), CODE)
def test_a_secret_in_code_is_hidden(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in shown(text)
    assert "REDACTED-SECRET-1" in shown(text)


@pytest.mark.parametrize(("text", "path", "secret"), OTHER)
def test_a_secret_in_settings_or_output_is_hidden(text: str, path: str | None, secret: str) -> None:
    assert secret in text
    assert secret not in shown(text, path)


PLAIN = [
    "call_api('http://localhost:9001/3.0/users/anne@example.com')",
    'grammar = f"head{rfc9110_5_6_2_token_delim}: {b2_download_file_by_id}"',
    'accepted = "zh-Hant-CN-x-private1-private2"',
    'password = request.form["password"]',
    "token = secrets.token_hex()",
    "connect(token=token1234, password=user.password)",
    'TOKEN_URL = "https://example.org/token"',
    'def login(user: str, password: str = "") -> None:',
    '{"name": "token", "password": "<your password>"}',
    'getpass("Password: ")',
    'password = forms.CharField(label="Your password", help_text="Enter your password")',
    'SECRET_KEY = os.environ["SECRET_KEY"]',
    'url = f"postgresql://{user}:{password}@{host}/db"',
    'cursor.execute("SELECT * FROM users WHERE name = %s AND token = %s", (n, t))',
    'assert hashlib.sha256(b"x").hexdigest() == "2d711642b726b04401627ca9fbac32f5"',
    'VERSION = "1.2.3.dev0+g1234abc"',
    "from app.very_long_module_name.with_2_parts.TestCase1 import SomeVeryLongClassName2",
    "# see https://github.com/python/cpython/commit/c00c386faa579ad71196d3340864447848",
    'ID = "123e4567-e89b-12d3-a456-426614174000"',
    'PATH = "/usr/share/zoneinfo/America/Argentina/Buenos_Aires"',
    'open("/home/app/uploads/" + name)',
    'alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"',
    'raise ValueError("no such token: use list_tokens() to see them")',
]


@pytest.mark.parametrize("text", PLAIN)
def test_code_that_handles_secrets_is_shown_as_it_is(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    "told",
    [
        'File "/home/alma/projects/shop/app.py", line 3',
        "/home/alma/.local/state/countermine/runs/1",
        'File "/home/bertha/other/app.py"',
        "/Users/bertha/src/x.py",
        "C:\\Users\\bertha\\src\\x.py",
        "/mnt/customers/acme/list.csv",
        "\\\\fileserver\\acme\\list.csv",
        "alma@turing-07:~$",
        "connection from turing-07 refused",
        "turing-07.lab.example:8080",
        "~/acme/notes.txt",
    ],
)
def test_output_does_not_tell_whose_machine_it_was(told: str) -> None:
    text = shown(told, path=None)
    for word in ("alma", "bertha", "turing", "acme", "fileserver"):
        assert word not in text


def test_paths_within_the_target_can_be_read_still() -> None:
    text = shown('File "/home/alma/projects/shop/app/views.py", line 3', path=None)
    assert text == 'File "REDACTED-PATH-1/app/views.py", line 3'


def test_paths_that_are_everywhere_are_shown() -> None:
    text = 'File "/usr/lib/python3.11/json/decoder.py"; GET /api/v1/home/alma2/x; /target/app.py'
    assert shown(text, path=None) == text


def test_a_word_of_the_target_that_is_the_users_name_stays() -> None:
    assert shown("alma = max(mater)") == "alma = max(mater)"
    assert shown('os.chdir("/home/alma/x")') == 'os.chdir("REDACTED-PATH-1/x")'


def test_a_users_name_that_everybody_has_is_none() -> None:
    hider = Hider(machine=Machine(user="root", hosts=("localhost",)))
    text = "root@localhost: root must run this"
    assert hider.hide((Material(title="output", text=text),)).material[0].text == text


def test_the_same_secret_has_the_same_placeholder_wherever_it_stands() -> None:
    hidden = HIDER.hide(
        (
            Material(title="file", text='TOKEN = "9fd82kd0s"\nPASSWORD = "x1y2z3"', path="a.py"),
            Material(title="output", text="sent <9fd82kd0s> twice: 9fd82kd0s"),
        )
    )
    assert [one.text for one in hidden.material] == [
        'TOKEN = "REDACTED-SECRET-1"\nPASSWORD = "REDACTED-SECRET-2"',
        "sent <REDACTED-SECRET-1> twice: REDACTED-SECRET-1",
    ]
    assert hidden.replaced == {"REDACTED-SECRET-1": "9fd82kd0s", "REDACTED-SECRET-2": "x1y2z3"}


def test_a_path_that_tells_is_hidden_too() -> None:
    path = "/home/alma/projects/shop/app.py"
    hidden = HIDER.hide((Material(title="file", text="x = 1", path=path),))
    assert hidden.material[0].path == "REDACTED-PATH-1/app.py"
    assert restore("REDACTED-PATH-1/app.py", hidden.replaced) == path


def test_placeholders_that_the_target_forged_stand_for_nothing() -> None:
    text = 'print("REDACTED-SECRET-1")\nTOKEN = "9fd82kd0s"'
    hidden = HIDER.hide((Material(title="file", text=text, path="a.py"),))
    assert hidden.replaced == {"REDACTEDX-SECRET-1": "9fd82kd0s"}
    assert restore('print("REDACTED-SECRET-1")', hidden.replaced) == 'print("REDACTED-SECRET-1")'


def test_what_was_hidden_is_not_shown_by_accident() -> None:
    hidden = HIDER.hide((Material(title="file", text='TOKEN = "9fd82kd0s"', path="a.py"),))
    assert "9fd82kd0s" not in repr(hidden)
    assert cover("no line reads 9fd82kd0s", hidden.replaced) == "no line reads REDACTED-SECRET-1"


def _made_up(number: int) -> str:
    """Return what a machine might make up for a key: all sizes, with and without signs."""
    digest = hashlib.sha512(str(number).encode()).digest()
    text = base64.b64encode(digest).decode().rstrip("=")
    text = text if number % 2 else re.sub(r"[+/]", "", text)
    return text[: 24 + number % 40]


_RANDOM = st.integers(0, 2**32).map(_made_up)
_UNNAMED = ('x = ["{}"]', "# kept here: {}")
_PASSWORD = st.from_regex(r"[a-z]{3,9}[0-9#!?+]{2,6}[a-zA-Z]{2,6}", fullmatch=True).filter(
    lambda text: not is_placeholder(text)
)
_SECRETS = st.one_of(
    st.tuples(st.just('{name} = "{secret}"'), _PASSWORD),
    st.tuples(st.just("connect(user='u', {name}='{secret}')"), _PASSWORD),
    st.tuples(st.just('D = {{"{name}": "{secret}"}}'), _PASSWORD),
    st.tuples(st.just('U = "postgres://app:{secret}@db.internal/x"'), _PASSWORD),
    st.tuples(st.just('t = "ghp_{secret}"'), _RANDOM),
)
_NAMES = st.sampled_from(["password", "db_password", "API_KEY", "secret", "AUTH_TOKEN", "apiKey"])
_AROUND = st.lists(
    st.sampled_from(
        [
            "import os",
            "def view(request):",
            "    return render(request, 'index.html', {'n': 1})",
            "    name = request.args.get('name', '')",
            "class Cart(Model):",
            "    '''A cart, see https://example.org/docs/carts#total.'''",
            "    total = sum(item.price * 12 for item in items)",
            "\u00e9t\u00e9 = '\u2603 \U0001f600'",
            "    token = read_token(path)",
            "",
        ]
    ),
    max_size=8,
)


@settings(max_examples=150, derandomize=True)
@given(before=_AROUND, after=_AROUND, held=_SECRETS, name=_NAMES)
@example(
    before=["\u00e9" * 40],
    after=[],
    held=('x = ["{secret}"]', "aB3" * 3 + "Zk9fQ2xv7xK2pQ9z"),
    name="secret",
)
def test_no_generated_secret_survives_in_generated_code(
    before: list[str], after: list[str], held: tuple[str, str], name: str
) -> None:
    line = held[0].format(name=name, secret=held[1])
    text = "\n".join([*before, line, *after])
    hidden = HIDER.hide((Material(title="file", text=text, path="a.py"),))
    assert held[1] not in hidden.material[0].text
    assert restore(hidden.material[0].text, hidden.replaced) == text


def test_of_a_thousand_secrets_without_name_or_shape_at_most_one_in_a_hundred_is_missed() -> None:
    kept = 0
    for number in range(1000):
        secret = _made_up(number)
        kept += secret in shown(_UNNAMED[number % 2].format(secret))
    assert kept <= 10


@settings(max_examples=100)
@given(lines=_AROUND)
def test_code_without_secrets_survives_byte_for_byte(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert shown(text) == text


@settings(max_examples=100)
@given(text=st.text(max_size=300), path=st.sampled_from([None, "a.py", "b.yml"]))
def test_what_was_hidden_can_always_be_put_back(text: str, path: str | None) -> None:
    hidden = HIDER.hide((Material(title="file", text=text, path=path),))
    assert restore(hidden.material[0].text, hidden.replaced) == text
    assert all(PLACEHOLDER.fullmatch(one) for one in hidden.replaced)


def test_hiding_is_quick() -> None:
    text = "\n".join(f"    total_{n} = prices[{n}] * 12  # password of {n}" for n in range(1500))
    assert shown(text) == text


@pytest.mark.parametrize(
    "piece", ["password", "://", "token=", "a1B2", "/home/", "aws", '="', "-us"]
)
def test_long_text_of_one_piece_takes_no_time(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    assert restore(*_both(text)) == text


def _both(text: str) -> tuple[str, dict[str, str]]:
    hidden = HIDER.hide((Material(title="output", text=text),))
    return hidden.material[0].text, dict(hidden.replaced)
