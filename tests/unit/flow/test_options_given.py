"""Who switches a check off by an option gets what was asked for; nobody else does."""

from pathlib import Path

import pytest

from tests.unit.find.programs import found_lines

FLAWED = {
    "or something else": """def f(verify=True, key=None):
    if key or not verify:
        return ssl._create_unverified_context()
""",
    "off by default": """def f(verify=False):
    if not verify:
        return ssl._create_unverified_context()
""",
    "lax by default": """def f(insecure=True):
    if insecure:
        return ssl._create_unverified_context()
""",
    "where it is on": """def f(options):
    if options.verify:
        return ssl._create_unverified_context()
""",
    "another option": """def f(options):
    if not options.verbose:
        return ssl._create_unverified_context()
""",
}
QUIET = {
    "and something else": """def f(verify=True, key=None):
    if not (key or verify):
        return ssl._create_unverified_context()
""",
    "by an attribute": """def f(options):
    if options.insecure:
        return ssl._create_unverified_context()
""",
    "by a key": """def f(options):
    if not options.get("check_hostname"):
        return ssl._create_unverified_context()
""",
    "otherwise": """def f(options):
    if options["verify_ssl"]:
        return None
    return ssl._create_unverified_context()
""",
    "compared": """def f(options):
    if options.verify is False:
        return ssl._create_unverified_context()
""",
    "chosen": """def f(verify):
    return None if verify else ssl._create_unverified_context()
""",
}


@pytest.mark.parametrize("body", FLAWED.values(), ids=FLAWED)
def test_nobody_asked_for_it(tmp_path: Path, body: str) -> None:
    text = f"import ssl\n\n\n{body}"
    assert len(found_lines(tmp_path, "disabled-certificate-checks", tls=text)) == 1


@pytest.mark.parametrize("body", QUIET.values(), ids=QUIET)
def test_an_option_asks_for_it(tmp_path: Path, body: str) -> None:
    text = f"import ssl\n\n\n{body}"
    assert found_lines(tmp_path, "disabled-certificate-checks", tls=text) == []
