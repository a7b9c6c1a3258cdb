"""How a test of the target shows, by simple means, that a flaw has come back.

The test stands in the target's own tests, so it uses the standard library and the target alone:
a file that must not appear, a text that must not be in the answer, a function that must not be
called. Everything here is Python source, put into a test by ``prove/regression``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from countermine.core.findings import Finding
from countermine.core.witnesses import Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionProbe:
    """One way of testing for a flaw: what is fed in, and what must then never hold.

    The sources may use these names: ``folder``, an empty ``pathlib.Path`` of the test;
    ``value``, what is fed in; ``seen``, the answer of the target as text (the page, or the
    ``repr`` of what came back; empty if it refused). ``never`` may use ``sent_to`` in its place:
    the address that the answer sends visitors to, empty if it does not; or ``headed``: the lines
    of the answer's headers, as servers send them, none if it refused.
    """

    name: str
    """End of the test's name, such as ``runs_no_command_of_its_input``."""
    summary: str
    """First sentence of the test's docstring, with a full stop."""
    payloads: tuple[str, ...]
    """Literal texts or bytes as Python source; those that show nothing are left out of the test."""
    value: str = "payload"
    """Expression of what is fed in, made of ``payload`` and what ``setup`` defines."""
    setup: tuple[str, ...] = ()
    """Statements before the drive."""
    around: tuple[str, ...] = ()
    """Context managers around the drive, as in a ``with`` statement; ``MODULE`` in them becomes the
    name of the module with the flaw."""
    never: str
    """Expression that is true only if the flaw is there."""
    message: str
    """What a failing test says."""
    imports: tuple[str, ...] = ()
    """Import statements."""
    helpers: str = ""
    """Definitions at the top level of the test's module."""
    binary: bool = False
    """``value`` is bytes."""
    inputless: bool = False
    """The flaw shows whatever is fed in, and where nothing is."""
    by_file: bool = False
    """``value`` is the content of a file; the target gets the file, or its path."""
    file_name: str = "sample"
    """Name of that file."""
    made_for: str = ""
    """Part of the names of the attacks that it repeats; tried first if no others showed it."""

    @property
    def looks_at_headers(self) -> bool:
        """Whether the headers of the answer tell."""
        return re.search(r"\bheaded\b", self.never) is not None


RegressionMaker: TypeAlias = Callable[[Finding, Witness], tuple[RegressionProbe, ...]]
"""Returns the ways of testing for a finding's flaw, the plainest first. Pure."""
