"""Proposes a patch for a finding, in a process of its own: a parser can crash or never end."""

import multiprocessing
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, SpawnContext

from pydantic import ValidationError

from countermine.core.findings import Finding
from countermine.core.knowledge import NoRemedy, Weakness
from countermine.core.patches import Patch
from countermine.core.spans import TreePath, is_python_name
from countermine.fix.worker import ANSWER, work

MAX_ANSWER_BYTES = 16_000_000
"""Four times the largest file that is rewritten; a larger answer is none of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewriteBounds:
    """What one rewrite may use."""

    wall_s: float = 60.0
    """Rewriting the largest files in sight takes seconds; a start on a busy machine, too."""
    memory_bytes: int = 2 << 30
    """Beyond what the interpreter needs."""


def propose(
    finding: Finding,
    texts: Mapping[TreePath, bytes],
    weakness: Weakness,
    *,
    without: Collection[str] = (),
    bounds: RewriteBounds | None = None,
) -> Patch | NoRemedy:
    """Return the patch of the first remedy of a weakness that fits a finding.

    The same finding and texts give the same patch. ``Patch.author`` names the remedy.

    Args:
        finding: What to fix.
        texts: Content of at least every file of the finding's trace.
        weakness: The finding's weakness; its remedies are tried in their order.
        without: Names of remedies that are not to be tried, such as one whose patch failed.
        bounds: What the rewrite may use; crossing a bound is a ``NoRemedy``.
    """
    remedies = tuple(one for one in weakness.remedies if one.name not in without)
    if not is_python_name(finding.location.path):
        return NoRemedy(reason="a template is not rewritten: remedies rewrite Python")
    if not remedies:
        return NoRemedy(reason=f"{weakness.facts.id} has no {'other ' if without else ''}remedy")
    bounds = bounds or RewriteBounds()
    context = _context()
    ours, theirs = context.Pipe(duplex=False)
    limits = (bounds.memory_bytes, int(bounds.wall_s) + 1)
    process = context.Process(
        target=work, args=(theirs, finding, dict(texts), remedies, limits), daemon=True
    )
    process.start()
    theirs.close()
    try:
        if not ours.poll(bounds.wall_s):
            return NoRemedy(reason=f"rewriting took longer than {bounds.wall_s:g} seconds")
        return ANSWER.validate_json(ours.recv_bytes(MAX_ANSWER_BYTES))
    except EOFError:
        process.join()
        return NoRemedy(reason=f"the rewriter crashed (exit {process.exitcode})")
    except (OSError, ValidationError) as error:
        return NoRemedy(reason=f"the rewriter's answer cannot be read: {type(error).__name__}")
    finally:
        ours.close()
        process.kill()
        process.join()
        process.close()


def warm_up() -> None:
    """Let the server of processes load what it needs, so that the first patch waits less for it."""
    if isinstance(_context(), SpawnContext):
        return
    from multiprocessing import forkserver  # noqa: PLC0415 - not on every platform

    forkserver.ensure_running()


def _context() -> ForkServerContext | SpawnContext:
    """Return how processes are started: from a server that holds no state of ours, if there is."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["countermine.fix.rewrite", "countermine.fix.worker"])
    return context
