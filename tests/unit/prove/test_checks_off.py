"""A patch that takes an option's choice away is not proven by a use with the other choice."""

import pickle
from pathlib import Path

import pytest

from countermine.core.findings import Finding
from countermine.core.knowledge import NoRemedy
from countermine.core.verdicts import Gate, GateOutcome, GateResult
from countermine.prove.checks_off import CHECKS, ended_option, option_behind
from countermine.prove.gates.control_again import control_again
from countermine.prove.records import Baseline, Claim, UnusableTests, Witnessed
from countermine.prove.steps import Unsettled
from countermine.prove.trial import Trial
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    own_environment,
    rewrite,
    setting_for,
    weakness,
    witness_for,
    write_tree,
)
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
        ("def f(skip_tls):\n    if skip_tls:\n        " + CALL.decode(), "skip_tls"),
        ("def f(secure):\n    return secure and made() or " + CALL.decode(), "secure"),
        (
            "def f(verify):\n    match verify:\n        case False:\n            " + CALL.decode(),
            "verify",
        ),
        (
            "def f(verify):\n    if not verify:\n        pass\n    else:\n        return 1\n    "
            + CALL.decode(),
            "verify",
        ),
        ("def f(x):\n    return " + CALL.decode(), None),
        ("def f(use_ssl):\n    if use_ssl:\n        " + CALL.decode(), None),
        ("def f(x):\n    if hasattr(ssl, 'check'):\n        " + CALL.decode(), None),
        ("def f(x):\n    if verifying.on:\n        " + CALL.decode(), None),
        ("def f(verify):\n    if verify:\n        log(verify)\n    " + CALL.decode(), None),
    ],
)
def test_the_option_by_which_a_check_is_off_is_told(code: str, option: str | None) -> None:
    assert named(code)[0] == option


HANDED = b"requests.get(url, verify=%s)"


@pytest.mark.parametrize(
    ("given", "option"),
    [
        (b"verify", "verify"),
        (b"self.verify", "verify"),
        (b"options.get('verify', False)", "verify"),
        (b"False", None),
        (b"CHECKED", None),
        (b"ssl.CERT_NONE", None),
    ],
)
def test_an_option_that_a_call_hands_on_is_told(given: bytes, option: str | None) -> None:
    call = HANDED % given
    source = b"import ssl\nCHECKED = False\ndef f(url, verify=False):\n    " + call + b"\n"
    found = finding_at("app.py", source, call, sink="requests.get", weakness=CHECKS)
    assert option_behind(source, found.location) == option
    if option is not None:
        assert ended_option(found, source, source.replace(given + b")", b"True)")) == option


def test_the_same_line_elsewhere_does_not_stand_for_the_one_that_is_gone() -> None:
    twice = FLAWED + "\ndef other(host):\n    context = ssl._create_unverified_context()\n"
    _, found, source = named(twice)
    patched = source.replace(CALL, b"ssl.create_default_context()", 1)
    assert ended_option(found, source, patched) == "verify"
    assert ended_option(found, source, source) is None


def test_a_file_that_nests_too_deep_is_no_fault_of_ours() -> None:
    _, found, source = named(FLAWED)
    deep = source + b"x = " + b"f(" * 150 + b")" * 150 + b"\n"
    assert ended_option(found, source, deep) is None


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
    assert pickle.loads(pickle.dumps(REMEDIES)) == REMEDIES, "they are sent to another process"
    assert any("verify says whether" in one.reason for one in made if isinstance(one, NoRemedy))


def test_gate_7_leaves_a_patch_open_that_takes_the_option_away(tmp_path: Path) -> None:
    _, found, source = named(FLAWED)
    old, new = CALL.decode(), "ssl.create_default_context()"
    write_tree(tmp_path / "original", {"app.py": source.decode()})
    write_tree(tmp_path / "patched", {"app.py": source.decode().replace(old, new)})
    passed = GateResult(gate=Gate.BASELINE, outcome=GateOutcome.PASSED, reason="fine")
    trial = Trial(
        setting=setting_for(tmp_path / "original"),
        environment=own_environment(),
        claim=Claim(finding=found, witness=witness_for(found), weakness=weakness()),
        patch=rewrite("app.py", source, old, new),
        ground=Baseline(gate=passed, tests=UnusableTests(reason="none"), sightings=()),
        witnessed=Witnessed(gates=(), attacks=(), controls=()),
        original=tmp_path / "original",
        patched=tmp_path / "patched",
    )
    step = control_again(trial)
    assert isinstance(step, Unsettled)
    assert "where verify says so" in step.reason
