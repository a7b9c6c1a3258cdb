"""An interrupt (Ctrl-C, or a request to terminate) ends the program once, and whole."""

import signal
import threading
from types import FrameType

STOPPED = threading.Event()
"""Set by an interrupt: threads that wait for a command of the target learn of it by this alone."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def listen() -> None:
    """Let both signals raise ``KeyboardInterrupt`` in the main thread."""
    STOPPED.clear()
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    # Once is enough: a second one must not cut off the way out.
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    STOPPED.set()
    raise KeyboardInterrupt


def raise_if_stopped() -> None:
    """Raise an interrupt again that a library made into something else."""
    if STOPPED.is_set():
        raise KeyboardInterrupt
