"""What is held against a secret is told from the secret, wherever the two come from."""

from pathlib import Path

import pytest

from tests.unit.find.programs import found_lines

WEAKNESS = "timing-unsafe-comparison"
HEADER = """import base64
import hmac
from django.conf import settings


def given(request):
    scheme, text = request.META["HTTP_AUTHORIZATION"].split(" ", 1)
    if scheme.lower() != "basic":
        return None
    return base64.b64decode(text).decode()


"""
FLAWED = {
    "a part whose neighbour was checked": """def allow(request):
    if given(request) == settings.HOOK_PASSWORD:
        return True
""",
    "behind a check of the name": """def allow(request):
    user, word = given(request).split(":", 1)
    if user == settings.HOOK_USER and word == settings.HOOK_PASSWORD:
        return True
""",
    "a parameter named as what is expected": """def allow(request, expected_token):
    if request.META["HTTP_X_TOKEN"] != expected_token:
        raise ValueError
""",
    "one of several that are configured": """class Hook:
    secrets = None

    def allow(self, request):
        if given(request) not in self.secrets:
            raise ValueError
""",
}
QUIET = {
    "in one time": """def allow(request):
    if hmac.compare_digest(given(request), settings.HOOK_PASSWORD):
        return True
""",
    "both from the request": """def allow(request):
    first, second = request.POST["password"], request.POST["again_password"]
    return first == second
""",
    "a parameter that may be given, too": """def allow(request, token):
    return request.META["HTTP_X_TOKEN"] == token
""",
    "a name that is no secret": """def allow(request, expected_length):
    return request.META["CONTENT_LENGTH"] == expected_length
""",
}


@pytest.mark.parametrize("body", FLAWED.values(), ids=FLAWED)
def test_a_secret_is_compared_as_any_text(tmp_path: Path, body: str) -> None:
    (line,) = found_lines(tmp_path, WEAKNESS, hooks=HEADER + body)
    assert line.startswith("if ")


@pytest.mark.parametrize("body", QUIET.values(), ids=QUIET)
def test_no_secret_is_told_by_the_time(tmp_path: Path, body: str) -> None:
    assert found_lines(tmp_path, WEAKNESS, hooks=HEADER + body) == []


def test_the_middleware_of_an_application_reads_the_request(tmp_path: Path) -> None:
    text = """import falcon
from settings import rest


class Access:
    def process_resource(self, request, response, resource, params):
        if request.auth[6:] == rest.admin_pass:
            return
        raise falcon.HTTPUnauthorized
"""
    assert found_lines(tmp_path, WEAKNESS, access=text) == [
        "if request.auth[6:] == rest.admin_pass:"
    ]


def test_a_check_of_one_part_says_nothing_of_another(tmp_path: Path) -> None:
    text = """import os
from flask import Flask, request

app = Flask(__name__)


@app.post("/run")
def run():
    name, kind = request.form["what"].split(":")
    if kind not in ("fast", "slow"):
        return "?"
    os.system("work " + name)
    os.system("work --as " + kind)
"""
    assert found_lines(tmp_path, "command-injection", app=text) == ['os.system("work " + name)']
