"""Probes that several weaknesses share: a file that must not appear, one that must not be read."""

import re
from collections.abc import Sequence
from dataclasses import replace

from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.drive.payloads import PROBE


def literal(text: str) -> str:
    """Return Python source of a text, in double quotes where that needs no more escapes."""
    source = repr(text)
    if source.startswith("'") and '"' not in text:
        return f'"{source[1:-1]}"'
    return source


_AUDIT = re.compile(
    r"""\((?P<q>\\?["']|'')sys(?P=q)\)\.audit\((?P=q)countermine\.mark(?P=q), ?"""
    r"""(?P=q)\{canary\}(?P=q)\)"""
)
"""How attacks mark that they ran as code, in whatever quotes their place needs."""

_RESPELLED = (
    (_AUDIT, r"(\g<q>pathlib\g<q>).Path(\g<q>MARKER\g<q>).touch()"),
    (
        re.compile(r"import sys; ?sys\.audit\('countermine\.mark', ?'\{canary\}'\)"),
        "import pathlib;pathlib.Path('MARKER').touch()",
    ),
    (re.compile(r"sys\.audit \['countermine\.mark', '\{canary\}'\]"), "os.mkdir ['MARKER']"),
    (re.compile(r"(?<=\.\.)\{base\}/outside/secret\.txt"), "/OUTSIDE"),
    (re.compile(r"\{base\}/outside/secret\.txt"), "OUTSIDE"),
    (re.compile(r"\{base\}/(?:outside/)?\{canary\}"), "MARKER"),
)


def attacks_as_payloads(witness: Witness) -> tuple[str, ...]:
    """Return the texts of a witness's attacks with effects that a test can see.

    They fit the place: they stand in the document, or behind the quotes, that it needs. What
    only the observer would notice is left out.
    """
    texts: dict[str, None] = {}
    for attack in witness.attacks:
        for value in attack.inputs:
            text = value.text
            for pattern, instead in _RESPELLED:
                text = pattern.sub(instead, text)
            if text != value.text and "{canary}" not in text and "{base}" not in text:
                texts[text.replace(PROBE, "x")] = None
    return tuple(texts)


MARKER = "MARKER"
"""Stands in payloads for the path of a file that only an attack makes."""

OUTSIDE = "out of bounds"
"""Content of the file that the target must not reach."""


def marker_probe(
    *, name: str, summary: str, payloads: tuple[str, ...], message: str
) -> RegressionProbe:
    """Return a probe whose payloads make a file, where ``MARKER`` stands for its path."""
    return RegressionProbe(
        name=name,
        summary=summary,
        payloads=tuple(literal(payload) for payload in payloads),
        setup=('marker = folder / "marker"',),
        value=f'payload.replace("{MARKER}", str(marker))',
        never="marker.exists()",
        message=message,
    )


def likeliest_first(
    probes: Sequence[RegressionProbe], shown: Sequence[str]
) -> list[RegressionProbe]:
    """Return the probes, those made for the only kind of attack that showed the flaw in front.

    Gate 10 tries so many candidates and no more; one that comes late is never tried.

    Args:
        probes: The plainest first.
        shown: Names of the attacks that showed the flaw.
    """

    def later(probe: RegressionProbe) -> bool:
        return not (probe.made_for and shown and all(probe.made_for in name for name in shown))

    return sorted(probes, key=later)


def unopened(probe: RegressionProbe, opener: str = "builtins.open") -> RegressionProbe:
    """Return the probe that looks whether the file out of bounds is opened, not what comes back.

    Args:
        probe: Says which file is out of bounds.
        opener: What is called to open it; methods of ``pathlib`` call ``io.open``.
    """
    return replace(
        probe,
        around=(f'mock.patch("{opener}", wraps=open) as opened',),
        # The target may put an ending behind the name.
        never="any(path.startswith(str(secret)) for path in opened_paths(opened))",
        helpers=_OPENED_PATHS,
        imports=("import os", "from unittest import mock"),
    )


_OPENED_PATHS = '''def opened_paths(opened):
    """Return the files that were opened, links and dots resolved."""
    return [os.path.realpath(str(call.args[0])) for call in opened.call_args_list]'''


def beside(probe: RegressionProbe, maker: str) -> RegressionProbe:
    """Return the probe with what its value names there, in the folder that the target works in.

    Args:
        probe: Its value is a name without slashes.
        maker: The method of a path that makes it: ``mkdir`` or ``touch``.
    """
    helper = _BESIDE.replace("MAKER", maker).replace("THING", _THINGS[maker])
    return replace(
        probe,
        around=(*probe.around, f"beside_{_THINGS[maker]}(folder / value)"),
        helpers=f"{helper}\n\n\n{probe.helpers}",
        imports=(*probe.imports, "import os", "from contextlib import contextmanager"),
    )


_THINGS = {"mkdir": "folder", "touch": "file"}
_BESIDE = '''@contextmanager
def beside_THING(path):
    """Make a THING and work in the folder that it is in."""
    before = os.getcwd()
    path.MAKER()
    os.chdir(path.parent)
    try:
        yield
    finally:
        os.chdir(before)'''

NOWHERE = "/no-such-place/secret.txt"
"""A file out of bounds that is not there: to ask for it is enough."""


def asked_for_nothing(probe: RegressionProbe) -> RegressionProbe:
    """Return the probe that looks whether a file out of bounds is asked for that is not there.

    Its path has nothing but letters, hyphens and slashes: a target that takes a name apart at
    other signs still asks for it whole.
    """
    return replace(
        unopened(probe),
        payloads=(
            *(one.replace("/OUTSIDE", NOWHERE) for one in probe.payloads[1:]),
            literal(NOWHERE),
        ),
        setup=(),
        value="payload",
        never=f'any(path.startswith("{NOWHERE}") for path in opened_paths(opened))',
    )


OUTSIDE_FILE = ('secret = folder / "secret.txt"', f'secret.write_text("{OUTSIDE}")')
"""Statements that make the file out of bounds."""
