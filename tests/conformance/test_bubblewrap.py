"""Bubblewrap holds what a sandbox must, as root and as an ordinary user."""

from collections.abc import Callable
from pathlib import Path

import pytest

from countermine.sandbox.bubblewrap import BubblewrapSandbox
from countermine.testing.sandbox_bench import Claim
from countermine.testing.sandbox_conformance import CLAIMS, check_claim


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.__name__)
def test_bubblewrap(claim: Claim, as_user: Callable[[Callable[[Path], None]], None]) -> None:
    as_user(lambda folder: check_claim(claim, BubblewrapSandbox.create, folder))
