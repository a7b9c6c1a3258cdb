"""The driver of a setting: stimuli go into the sandbox, observations come out."""

from pathlib import Path

from countermine.core.environment import BuiltEnvironment, NoEnvironment
from countermine.core.errors import SandboxUnavailableError
from countermine.core.witnesses import Observation, Stimulus, Witness
from countermine.ports.sandbox import Limits, Sandbox
from countermine.prove.drive.drive import drive
from countermine.prove.drive.request import DriveRequest
from countermine.prove.options import ProveOptions
from countermine.prove.setting import Drive

START_S = 60.0
"""For the sandbox, the interpreter and the frameworks of a batch."""

EACH_S = 5.0
"""For each stimulus of a batch; one that hangs is cut by its own bound before."""


def sandbox_drive(
    environment: BuiltEnvironment, sandbox: Sandbox, options: ProveOptions, *, lines: bool = False
) -> Drive:
    """Return the driver that runs stimuli in a sandbox, with the target's environment."""

    def driven(
        tree: Path, witness: Witness, stimuli: tuple[Stimulus, ...]
    ) -> tuple[Observation, ...]:
        if isinstance(environment, NoEnvironment):
            raise SandboxUnavailableError(environment.reason)
        wall_s = START_S + EACH_S * len(stimuli)
        return drive(
            DriveRequest(
                witness=witness,
                stimuli=stimuli,
                tree=tree,
                environment=environment,
                sandbox=sandbox,
                limits=Limits(wall_s=wall_s, memory_bytes=options.memory_bytes),
                lines=lines,
            )
        )

    return driven
