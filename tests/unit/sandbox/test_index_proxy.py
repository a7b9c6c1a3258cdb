import contextlib
import socket

import pytest

from countermine.core.errors import BadUsageError
from countermine.ports.sandbox import Mount, SandboxCommand
from countermine.sandbox.index_access import IndexAccess, host_of, prepared
from countermine.sandbox.index_proxy import MAX_HEAD_BYTES, IndexProxy, RefusedError, read_request


def asked(head: bytes) -> tuple[str, str, int, str]:
    client, server = socket.socketpair()
    with client, server:
        client.sendall(head)
        client.shutdown(socket.SHUT_WR)
        request = read_request(server)
    return request.method, request.host, request.port, request.path


def test_tunnels_and_plain_requests_are_read() -> None:
    assert asked(b"CONNECT PyPI.org:443 HTTP/1.1\r\nX: y\r\n\r\n") == (
        "CONNECT", "pypi.org", 443, "",
    )  # fmt: skip
    assert asked(b"GET http://h/a?b=c HTTP/1.1\r\n\r\n") == ("GET", "h", 80, "/a?b=c")
    assert asked(b"HEAD http://h.:8080 HTTP/1.1\r\n\r\n") == ("HEAD", "h", 8080, "/")
    assert asked(b"CONNECT [::1]:1 HTTP/1.1\r\n\r\n") == ("CONNECT", "::1", 1, "")


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (b"", "400"),
        (b"GET http://h/ HTTP/1.1\r\n", "400"),
        (b"X" * (MAX_HEAD_BYTES + 100_000), "400"),
        (b"POST http://h/ HTTP/1.1\r\n\r\n", "405"),
        (b"GET http://h/ with spaces HTTP/1.1\r\n\r\n", "405"),
        (b"GET /path HTTP/1.1\r\n\r\n", "400"),
        (b"GET file:///etc/passwd HTTP/1.1\r\n\r\n", "400"),
        (b"GET https://h/ HTTP/1.1\r\n\r\n", "400"),
        (b"GET http://user@h/ HTTP/1.1\r\n\r\n", "400"),
        (b"CONNECT user@h:443 HTTP/1.1\r\n\r\n", "400"),
        (b"CONNECT h:port HTTP/1.1\r\n\r\n", "400"),
        (b"CONNECT [h:443 HTTP/1.1\r\n\r\n", "400"),
    ],
)
def test_what_no_client_of_an_index_sends_is_refused(head: bytes, answer: str) -> None:
    with pytest.raises(RefusedError, match=f"^{answer} "):
        asked(head)


def test_a_closed_proxy_serves_nothing_more() -> None:
    proxy = IndexProxy(access=IndexAccess())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        proxy.serve(listener)
        with socket.create_connection(("127.0.0.1", port)) as client:
            proxy.close()
            client.settimeout(5)
            # It may not have been accepted yet; then it is reset.
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(1) == b""
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port))


def test_an_index_is_named_by_its_url() -> None:
    assert host_of("https://Index.example/simple/") == ("index.example", 443)
    assert host_of("http://localhost:3141/root/pypi") == ("localhost", 3141)
    for url in ("index.example", "ftp://index.example/", "https://"):
        with pytest.raises(BadUsageError, match="is not an http or https URL"):
            host_of(url)


def test_a_proxy_that_is_not_spoken_is_refused_without_showing_its_password() -> None:
    with pytest.raises(BadUsageError) as caught:
        IndexAccess(upstream="socks5://user:secret@localhost:1080")
    assert "secret" not in str(caught.value)


def test_a_commands_own_variables_win_over_those_of_the_proxy() -> None:
    command = SandboxCommand(argv=("/bin/true",), env={"ALL_PROXY": "mine"})
    ready = prepared(command, IndexAccess())
    assert ready.env["ALL_PROXY"] == "mine"
    assert ready.env["https_proxy"] == "http://127.0.0.1:3128"
    places = [mount.inside for mount in ready.mounts]
    assert places == sorted(places)
    assert all(isinstance(mount, Mount) for mount in ready.mounts)
