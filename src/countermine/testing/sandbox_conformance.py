"""What every sandbox that calls itself isolated must hold.

For the author of an adapter::

    @pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.__name__)
    def test_my_sandbox(claim, tmp_path):
        check_claim(claim, MySandbox.create, tmp_path)

Nothing here is asked of a sandbox whose ``isolated`` is false.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from countermine.ports.sandbox import Sandbox
from countermine.testing.sandbox_abuse import ABUSE
from countermine.testing.sandbox_bench import Bench, Claim, expect
from countermine.testing.sandbox_bounds import BOUNDS
from countermine.testing.sandbox_calls import CALLS
from countermine.testing.sandbox_files import FILES
from countermine.testing.sandbox_hiding import HIDING
from countermine.testing.sandbox_ladder import LADDER
from countermine.testing.sandbox_network import NETWORK
from countermine.testing.sandbox_processes import PROCESSES
from countermine.testing.sandbox_reach import REACH

CLAIMS: Final[tuple[Claim, ...]] = (
    *REACH,
    *NETWORK,
    *PROCESSES,
    *FILES,
    *CALLS,
    *BOUNDS,
    *HIDING,
    *ABUSE,
    *LADDER,
)
"""Each function says in its name and docstring what it claims."""


def check_claim(claim: Claim, factory: Callable[[], Sandbox], folder: Path) -> None:
    """Try one claim.

    Args:
        claim: One of ``CLAIMS``.
        factory: Makes the sandbox.
        folder: Fresh and writable; below no home, so that a home can stand for one.

    Raises:
        ConformanceError: If the claim does not hold.
    """
    sandbox = factory()
    expect(sandbox.isolated, f"{sandbox.name} does not claim to isolate")
    claim(Bench(sandbox=sandbox, folder=folder))


def check_sandbox(factory: Callable[[], Sandbox]) -> None:
    """Try all claims, each with a sandbox and a folder of its own.

    Raises:
        ConformanceError: At the first claim that does not hold.
    """
    for claim in CLAIMS:
        with tempfile.TemporaryDirectory(prefix="countermine-", ignore_cleanup_errors=True) as name:
            check_claim(claim, factory, Path(name))
