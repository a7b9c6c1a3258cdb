"""Runs whole processes in turn and takes the operating system's own account of each."""

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_S = 1800
"""A scan that takes longer is stopped and said to have taken longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Medians over the counted rounds of one command."""

    wall_s: float
    cpu_s: float
    peak_bytes: int
    """Of the largest single process."""
    finished: bool


def in_turn(commands: Sequence[Sequence[str]], *, rounds: int, warm_ups: int) -> list[Measured]:
    """Measure commands A, B, C, A, B, C, ... so that the machine's mood hits all alike."""
    seen: list[list[Measured]] = [[] for _ in commands]
    for turn in range(warm_ups + rounds):
        for command, kept in zip(commands, seen, strict=True):
            one = _once(command)
            if turn >= warm_ups:
                kept.append(one)
    return [_median(kept) for kept in seen]


def _once(command: Sequence[str]) -> Measured:
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nothing, descriptor)
        os.execv(command[0], list(command))
    finished = True
    while True:
        done, _status, usage = os.wait4(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() - begun > LONGEST_S and finished:
            finished = False
            os.kill(child, 9)
        time.sleep(0.002)
    return Measured(
        wall_s=time.monotonic() - begun,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * 1024,
        finished=finished,
    )


def _median(kept: Sequence[Measured]) -> Measured:
    return Measured(
        wall_s=statistics.median(one.wall_s for one in kept),
        cpu_s=statistics.median(one.cpu_s for one in kept),
        peak_bytes=int(statistics.median(one.peak_bytes for one in kept)),
        finished=all(one.finished for one in kept),
    )
