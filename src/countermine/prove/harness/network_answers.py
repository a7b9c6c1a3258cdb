"""The server that answers every connection, in a thread of the driven process."""

# ruff: noqa: ANN401 - modules and sockets of the target's process

from __future__ import annotations

import contextlib
import os
import threading
from typing import Any

_BODY = b"{}"
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n" % len(_BODY)
)
MAX_HEAD = 1 << 16
WAIT_S = 5.0


class Answering:
    """Answers requests once it is asked for its place."""

    def __init__(self, socket: Any) -> None:
        """Take the modules as they are before anything is put in their place."""
        self._socket = socket
        self._plain = type("SSLSocket", (_Spoken, socket.socket), {})
        self._places: dict[tuple[int, int], Any] = {}
        self._lock = threading.Lock()

    def place(self, family: int) -> Any:
        """Return the address of a server in this process, which is started at need."""
        key = (os.getpid(), int(family))
        with self._lock:
            if key not in self._places:
                host = "::1" if family == self._socket.AF_INET6 else "127.0.0.1"
                server = self._socket.socket(family, self._socket.SOCK_STREAM)
                server.bind((host, 0))
                server.listen(16)
                self._places[key] = server.getsockname()
                threading.Thread(target=self._serve, args=(server,), daemon=True).start()
            return self._places[key]

    def _serve(self, server: Any) -> None:
        while True:
            with contextlib.suppress(OSError):
                connection, _ = server.accept()
                connection.settimeout(WAIT_S)
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: Any) -> None:
        with contextlib.suppress(OSError), connection:
            head = b""
            while b"\r\n\r\n" not in head and len(head) < MAX_HEAD:
                chunk = connection.recv(4096)
                if not chunk:
                    break
                head += chunk
            connection.sendall(HEAD if head.startswith(b"HEAD ") else HEAD + _BODY)

    def plain(self, sock: Any, context: Any, name: str | None) -> Any:
        """Return a socket that says of itself that it is encrypted, and is not."""
        timeout = sock.gettimeout()
        family, kind, number = sock.family, sock.type, sock.proto
        made = self._plain(family, kind, number, sock.detach())
        made.settimeout(timeout)
        made.context, made.server_hostname = context, name
        return made


class _Spoken:
    """What a client asks of an encrypted connection, answered as if all were well."""

    context: Any = None
    server_hostname: str | None = None

    def getpeercert(self, binary_form: bool = False) -> Any:  # noqa: FBT001, FBT002 - the module's own
        name = self.server_hostname or ""
        found = {"subject": ((("commonName", name),),), "subjectAltName": (("DNS", name),)}
        return b"" if binary_form else found

    def version(self) -> str:
        return "TLSv1.3"

    def cipher(self) -> tuple[str, str, int]:
        return ("TLS_AES_256_GCM_SHA384", "TLSv1.3", 256)

    def selected_alpn_protocol(self) -> str | None:
        return None

    def selected_npn_protocol(self) -> str | None:
        return None

    def pending(self) -> int:
        return 0

    def do_handshake(self, *_args: Any) -> None:
        return None

    def read(self: Any, count: int = 1024, _buffer: Any = None) -> Any:
        return self.recv(count)

    def write(self: Any, data: Any) -> Any:
        return self.send(data)

    def unwrap(self) -> Any:
        return self
