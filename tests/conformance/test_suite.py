"""The suite tells a sandbox from what only says that it is one."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from countermine.ports.sandbox import SandboxCommand, SandboxOutcome
from countermine.sandbox.unsafe_process import UnsafeProcessSandbox
from countermine.testing.sandbox_bench import Claim, ConformanceError
from countermine.testing.sandbox_calls import (
    no_new_namespace_can_be_made,
    only_ordinary_socket_families_exist,
)
from countermine.testing.sandbox_conformance import check_claim
from countermine.testing.sandbox_reach import (
    nothing_is_inherited,
    the_loopback_of_the_host_is_out_of_reach,
    unix_sockets_of_the_host_are_out_of_reach,
)

HARMLESS_TO_TRY = (
    the_loopback_of_the_host_is_out_of_reach,
    unix_sockets_of_the_host_are_out_of_reach,
    only_ordinary_socket_families_exist,
    no_new_namespace_can_be_made,
)
"""Claims whose program does nothing to a machine that does not stop it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretender:
    """Runs a command on the host and says that it isolates."""

    name: str = "pretender"
    isolated: bool = True
    inner: UnsafeProcessSandbox = field(default_factory=UnsafeProcessSandbox)

    def run(self, command: SandboxCommand) -> SandboxOutcome:
        return self.inner.run(command)


@pytest.mark.parametrize("claim", HARMLESS_TO_TRY, ids=lambda claim: claim.__name__)
def test_a_pretender_is_found_out(claim: Claim, tmp_path: Path) -> None:
    with pytest.raises(ConformanceError):
        check_claim(claim, Pretender, tmp_path)


def test_a_sandbox_that_admits_to_be_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConformanceError, match="does not claim to isolate"):
        check_claim(nothing_is_inherited, UnsafeProcessSandbox, tmp_path)
