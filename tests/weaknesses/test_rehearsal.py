"""What a framework does once in a process is done before the target is loaded."""

from pathlib import Path

import pytest

from countermine.core.environment import Environment
from countermine.ports.sandbox import Exited, Mount, Sandbox, SandboxCommand
from countermine.prove.harness import rehearsal

REHEARSE_TWICE = """
import sys
sys.path.insert(0, "/lib-of-ours")
import rehearsal
one = rehearsal.REHEARSALS[sys.argv[1]]
one()
loaded = set(sys.modules)
one()
print(sorted(set(sys.modules) - loaded))
"""


@pytest.mark.parametrize("kind", sorted(rehearsal.REHEARSALS))
def test_a_rehearsal_is_taken_by_the_framework_and_leaves_nothing_to_import(
    kind: str, full_environment: Environment, sandbox: Sandbox
) -> None:
    script = Mount(host=Path(rehearsal.__file__), inside="/lib-of-ours/rehearsal.py")
    own = tuple(Mount(host=Path(one), inside=one) for one in full_environment.mounts)
    command = SandboxCommand(
        argv=(full_environment.python, "-c", REHEARSE_TWICE, kind),
        cwd="/tmp",
        mounts=(*own, script),
    )
    outcome = sandbox.run(command)
    assert isinstance(outcome, Exited)
    assert (outcome.stdout, outcome.exit_code) == (b"[]\n", 0), outcome.stderr.decode()
