"""The driver of a setting: stimuli go into the sandbox, observations come out."""

from pathlib import Path

from countermine.core.environment import BuiltEnvironment, NoEnvironment
from countermine.core.errors import SandboxUnavailableError
from countermine.core.witnesses import Observation, Stimulus, Witness
from countermine.ports.sandbox import Limits, Sandbox
from countermine.prove.drive.drive import drive
from countermine.prove.drive.request import STIMULUS_S, DriveRequest
from countermine.prove.options import ProveOptions
from countermine.prove.setting import Drive

START_S = 60.0
"""For the sandbox, the interpreter and the frameworks of a batch."""

EACH_S = 5.0
"""For each stimulus of a batch; one that hangs is cut by its own bound before."""

THROUGH_TEST_S = 10.0, 45.0
"""The same, and the bound, where a test runner is started and a test is set up for each."""

OUTPUT_BYTES = 32 << 20
"""Of all stimuli of a batch: a client of a large service tells a third of a megabyte for each."""


def batch_limits(witness: Witness, count: int, options: ProveOptions) -> Limits:
    """Return the bounds of a batch of so many stimuli."""
    each_s = EACH_S if witness.test is None else THROUGH_TEST_S[0]
    return Limits(
        wall_s=max(Limits().wall_s, START_S + each_s * count),
        memory_bytes=options.memory_bytes,
        output_bytes=OUTPUT_BYTES,
    )


def sandbox_drive(
    environment: BuiltEnvironment, sandbox: Sandbox, options: ProveOptions, *, lines: bool = False
) -> Drive:
    """Return the driver that runs stimuli in a sandbox, with the target's environment."""

    def driven(
        tree: Path, witness: Witness, stimuli: tuple[Stimulus, ...]
    ) -> tuple[Observation, ...]:
        if isinstance(environment, NoEnvironment):
            raise SandboxUnavailableError(environment.reason)
        stimulus_s = STIMULUS_S if witness.test is None else THROUGH_TEST_S[1]
        return drive(
            DriveRequest(
                witness=witness,
                stimuli=stimuli,
                tree=tree,
                environment=environment,
                sandbox=sandbox,
                limits=batch_limits(witness, len(stimuli), options),
                lines=lines,
                stimulus_s=stimulus_s,
            )
        )

    return driven
