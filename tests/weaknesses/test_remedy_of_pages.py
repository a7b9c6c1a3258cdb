"""What is escaped for a page is given to nothing else: no command, no query, no file name."""

from dataclasses import replace

import pytest

from countermine.core.findings import StepKind, TraceStep
from countermine.core.knowledge import NoRemedy
from countermine.core.patches import apply
from countermine.core.spans import Span
from countermine.testing.remedies import PATH, finding_at, first_patch
from countermine.weaknesses.cross_site_scripting.remedy import REMEDIES

HEAD = """\
import subprocess
from flask import Flask, request

def framed(body):
    return f"<html>{body.strip()}</html>"

def asked(host):
    return subprocess.getoutput(host)

"""


def proposed(body: str, step: str | None) -> str | NoRemedy:
    """Return the function's last line after the remedy, or why there is none.

    The finding is at the last ``return``; ``step`` is an expression that its trace begins with.
    """
    code = f"{HEAD}def f(x, y):\n    {body}\n"
    start = code.rindex("return ")
    span = Span(path=PATH, start_byte=start, end_byte=len(code.rstrip()))
    finding = replace(finding_at(span), sink="return")
    if step is not None:
        at = code.rindex(step)
        where = Span(path=PATH, start_byte=at, end_byte=at + len(step))
        source = TraceStep(span=where, function="f", note="a value", kind=StepKind.SOURCE)
        finding = replace(finding, trace=(source,))
    patch = first_patch(REMEDIES, finding, code.encode())
    if isinstance(patch, NoRemedy):
        return patch
    return apply(patch, {PATH: code.encode()})[PATH].decode().splitlines()[-1].strip()


@pytest.mark.parametrize(
    ("body", "step"),
    [
        (
            'return subprocess.check_output("echo pinging " + x, shell=True)',
            'subprocess.check_output("echo pinging " + x, shell=True)',
        ),
        ('line = "host " + x; out = subprocess.getoutput(line); return out', '"host " + x'),
        ('line = "host " + x; subprocess.run(line, shell=True); return line', None),
        ('line = "host "; line += x; subprocess.run([line]); return line', None),
        ('name = request.args["n"]; text = open(name).read(); return text', 'request.args["n"]'),
        ('return asked("host " + x)', '"host " + x'),
    ],
)
def test_a_value_that_another_call_is_given_is_left_alone(body: str, step: str | None) -> None:
    assert isinstance(proposed(body, step), NoRemedy), proposed(body, step)


@pytest.mark.parametrize(
    ("body", "step", "fixed"),
    [
        (
            'body = "<p>" + x; return bytes(body, "utf-8")',
            '"<p>" + x',
            'body = "<p>" + html.escape(x); return bytes(body, "utf-8")',
        ),
        ('return framed("<p>" + x)', '"<p>" + x', 'return framed("<p>" + html.escape(x))'),
        (
            'return "<p>" + subprocess.getoutput("host " + x)',
            'subprocess.getoutput("host " + x)',
            'return "<p>" + html.escape(subprocess.getoutput("host " + x))',
        ),
        (
            'out = subprocess.getoutput("host " + request.args["h"]); return out',
            'request.args["h"]',
            'out = escape(subprocess.getoutput("host " + request.args["h"])); return out',
        ),
        (
            'page = f"<p>{x}</p>"; app.logger.info(page); return page',
            None,
            'page = f"<p>{escape(x)}</p>"; app.logger.info(page); return page',
        ),
    ],
)
def test_a_value_is_escaped_where_it_becomes_part_of_the_page(
    body: str, step: str | None, fixed: str
) -> None:
    assert proposed(body, step) == fixed
