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


def sandbox_drive(
    environment: BuiltEnvironment, sandbox: Sandbox, options: ProveOptions, *, lines: bool = False
) -> Drive:
    """Return the driver that runs stimuli in a sandbox, with the target's environment."""

    def driven(
        tree: Path, witness: Witness, stimuli: tuple[Stimulus, ...]
    ) -> tuple[Observation, ...]:
        if isinstance(environment, NoEnvironment):
            raise SandboxUnavailableError(environment.reason)
        each_s, stimulus_s = (EACH_S, STIMULUS_S) if witness.test is None else THROUGH_TEST_S
        wall_s = START_S + each_s * len(stimuli)
        return drive(
            DriveRequest(
                witness=witness,
                stimuli=stimuli,
                tree=tree,
                environment=environment,
                sandbox=sandbox,
                limits=Limits(wall_s=wall_s, memory_bytes=options.memory_bytes),
                lines=lines,
                stimulus_s=stimulus_s,
            )
        )

    return driven
