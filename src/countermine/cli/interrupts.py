"""An interrupt (Ctrl-C, or a request to terminate) ends the program once, and whole."""

import signal
import threading
from types import FrameType

STOPPED = threading.Event()
"""Set by an interrupt: threads that wait for a command of the target learn of it by this alone."""

_BEGUN: list[str] = []
"""The run that this process carries out, once it can be carried on."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def listen() -> None:
    """Let both signals raise ``KeyboardInterrupt`` in the main thread."""
    STOPPED.clear()
    _BEGUN.clear()
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


def begun(run: str) -> None:
    """Note that an interrupt leaves this run behind, which can be carried on."""
    _BEGUN[:] = [run]


def interrupted() -> str:
    """Return what an interrupt tells the user."""
    carried = f"; countermine resume {_BEGUN[0]} carries it on" if _BEGUN else ""
    return f"countermine: interrupted{carried}"
