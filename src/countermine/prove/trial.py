"""A patch on trial: what gates 4 to 10 look at."""

from dataclasses import dataclass
from pathlib import Path

from countermine.core.environment import Environment
from countermine.core.patches import Patch
from countermine.prove.records import Baseline, Claim, Witnessed
from countermine.prove.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A patch that passed gate 3, and private copies of the tree without and with it."""

    setting: Setting
    environment: Environment
    claim: Claim
    patch: Patch
    ground: Baseline
    witnessed: Witnessed
    original: Path
    patched: Path
