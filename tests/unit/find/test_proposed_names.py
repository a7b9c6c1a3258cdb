"""The name that the sender of a file proposes comes from outside, whatever holds the headers."""

from pathlib import Path

import pytest

from tests.unit.find.programs import found_lines

HEADER = """import cgi
import os


def fetch(session, address, folder):
    answer = session.get(address)
"""
FLAWED = {
    "by get": """    proposed = answer.headers.get("content-disposition")
    _, options = cgi.parse_header(proposed)
    return open(os.path.join(folder, options["filename"]), "wb")
""",
    "by item": """    proposed = answer.headers["Content-Disposition"]
    return open(os.path.join(folder, proposed.split("filename=")[1]), "wb")
""",
    "by getheader": """    proposed = answer.getheader("Content-Disposition")
    return open(os.path.join(folder, proposed.split("filename=")[1]), "wb")
""",
}
QUIET = {
    "the last part of it": """    proposed = answer.headers.get("content-disposition")
    _, options = cgi.parse_header(proposed)
    return open(os.path.join(folder, os.path.basename(options["filename"])), "wb")
""",
    "a header of numbers": """    proposed = answer.headers.get("content-length")
    return open(os.path.join(folder, str(int(proposed))), "wb")
""",
}


@pytest.mark.parametrize("body", FLAWED.values(), ids=FLAWED)
def test_a_proposed_name_leads_anywhere(tmp_path: Path, body: str) -> None:
    (line,) = found_lines(tmp_path, "path-traversal", fetch=HEADER + body)
    assert line.startswith("return open(")


@pytest.mark.parametrize("body", QUIET.values(), ids=QUIET)
def test_nothing_leads_out_of_the_folder(tmp_path: Path, body: str) -> None:
    assert found_lines(tmp_path, "path-traversal", fetch=HEADER + body) == []
