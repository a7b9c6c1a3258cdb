"""The one opening of a sandbox: a port on its loopback that the program's proxy answers."""

import contextlib
import socket
from dataclasses import dataclass, field

from countermine.sandbox.index_access import IndexAccess
from countermine.sandbox.index_proxy import IndexProxy


@dataclass(slots=True, kw_only=True)
class IndexGate:
    """Waits for the listening socket from inside, then serves it.

    A socket belongs to the network namespace in which it was made, whoever holds it: the program
    accepts connections of the sandbox's loopback without being in there.
    """

    access: IndexAccess
    _proxy: IndexProxy = field(init=False)
    _outside: socket.socket = field(init=False)
    _inside: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        """Make the channel through which the socket comes."""
        self._proxy = IndexProxy(access=self.access)
        self._outside, self._inside = socket.socketpair()

    def fileno(self) -> int:
        """Return the descriptor that is readable once the socket is there."""
        return self._outside.fileno()

    @property
    def inside(self) -> int:
        """The descriptor that the sandbox's first program inherits."""
        return self._inside.fileno()

    def close_inside(self) -> None:
        """Let go of the end that the sandbox has inherited."""
        self._inside.close()

    def receive(self) -> bool:
        """Take the socket; return whether to go on waiting, which is never needed."""
        with contextlib.suppress(OSError):
            _, descriptors, _, _ = socket.recv_fds(self._outside, 1, 1)
            for descriptor in descriptors:
                self._proxy.serve(socket.socket(fileno=descriptor))
        return False

    def close(self) -> None:
        """End the proxy and the channel."""
        self._inside.close()
        self._outside.close()
        self._proxy.close()
