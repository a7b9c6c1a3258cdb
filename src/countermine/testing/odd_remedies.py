"""Remedies for tests of what proposes: a plain one, and some that misbehave."""

import time
from collections.abc import Mapping

from countermine.core.findings import Finding
from countermine.core.knowledge import NamedRemedy, NoRemedy
from countermine.core.patches import Patch
from countermine.core.spans import TreePath
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, sink_call


def _rename(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    if call is None or site.callee(call) != "bad":
        return NoRemedy(reason="not bad")
    draft.replace(call.func, "good")
    return "Call good"


def _never(_finding: Finding, _texts: Mapping[TreePath, bytes]) -> Patch | NoRemedy:
    while True:
        time.sleep(0.05)


def _greedy(_finding: Finding, _texts: Mapping[TreePath, bytes]) -> Patch | NoRemedy:
    return NoRemedy(reason=f"{len(bytearray(1 << 30))}")


def _faulty(_finding: Finding, _texts: Mapping[TreePath, bytes]) -> Patch | NoRemedy:
    message = "a bug"
    raise KeyError(message)


RENAME = remedy("rename", _rename)
"""Makes ``bad(...)`` call ``good``."""
NEVER_ENDS = NamedRemedy(name="never-ends", propose=_never)
GREEDY = NamedRemedy(name="greedy", propose=_greedy)
"""Takes a gigabyte."""
FAULTY = NamedRemedy(name="faulty", propose=_faulty)
"""Raises what a bug would raise."""
