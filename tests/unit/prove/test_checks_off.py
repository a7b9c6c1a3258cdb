"""A patch that takes an option's choice away is not proven by a use with the other choice."""

import pytest

from countermine.core.findings import Finding
from countermine.core.knowledge import NoRemedy
from countermine.prove.checks_off import ended_option, option_behind
from countermine.testing.findings import finding_at
from countermine.weaknesses.disabled_certificate_checks.remedy import REMEDIES

CALL = b"ssl._create_unverified_context()"
HEAD = b"import ssl\nimport sys\nimport verifying\n"


def named(code: str) -> tuple[str | None, Finding, bytes]:
    source = HEAD + code.encode()
    sink = "ssl._create_unverified_context"
    found: Finding = finding_at(
        "app.py", source, CALL, sink=sink, weakness="disabled-certificate-checks"
    )
    return option_behind(source, found.location), found, source


FLAWED = """
def connect(host, verify=True):
    context = None
    if sys.version_info >= (3, 4) or not verify:
        context = ssl._create_unverified_context()
    return open_to(host, context)
"""


@pytest.mark.parametrize(
    ("code", "option"),
    [
        (FLAWED, "verify"),
        ("def f(self):\n    if self.insecure:\n        " + CALL.decode(), "insecure"),
        ("def f(verify):\n    if verify:\n        return 1\n    " + CALL.decode(), "verify"),
        ("def f(o):\n    return 1 if o['validate_certs'] else " + CALL.decode(), "validate_certs"),
        ("def f(o):\n    if not o.get('strict'):\n        " + CALL.decode(), "strict"),
        ("def f(x):\n    return " + CALL.decode(), None),
        ("def f(use_ssl):\n    if use_ssl:\n        " + CALL.decode(), None),
        ("def f(x):\n    if hasattr(ssl, 'check'):\n        " + CALL.decode(), None),
        ("def f(x):\n    if verifying.on:\n        " + CALL.decode(), None),
        ("def f(verify):\n    if verify:\n        log(verify)\n    " + CALL.decode(), None),
    ],
)
def test_the_option_by_which_a_check_is_off_is_told(code: str, option: str | None) -> None:
    assert named(code)[0] == option


@pytest.mark.parametrize(
    ("old", "new", "ended"),
    [
        ("ssl._create_unverified_context()", "ssl.create_default_context()", "verify"),
        ("sys.version_info >= (3, 4) or not verify", "False", None),
        ("sys.version_info >= (3, 4) or not verify", "not verify", None),
        ("        context = ssl._create_unverified_context()\n", "        pass\n", "verify"),
        ("return open_to", "return (open_to", "verify"),
    ],
)
def test_a_patch_with_which_nothing_turns_the_check_off_is_told(
    old: str, new: str, ended: str | None
) -> None:
    _, found, source = named(FLAWED)
    assert ended_option(found, source, source.replace(old.encode(), new.encode())) == ended


def test_nothing_is_said_of_other_weaknesses() -> None:
    _, found, source = named(FLAWED)
    other = finding_at("app.py", source, CALL, weakness="weak-hash")
    assert ended_option(other, source, b"") is None
    assert ended_option(found, source, b"") == "verify"


def test_no_remedy_is_offered_where_an_option_decides() -> None:
    _, found, source = named(FLAWED)
    texts = {found.location.path: source}
    made = [one.propose(found, texts) for one in REMEDIES]
    assert all(isinstance(one, NoRemedy) for one in made)
    assert any("verify says whether" in one.reason for one in made if isinstance(one, NoRemedy))
