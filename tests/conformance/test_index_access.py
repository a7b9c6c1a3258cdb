"""Fetching reaches the package index and nothing else, as root and as an ordinary user.

The index is a listener on this machine's loopback; nothing is sent anywhere else.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from countermine.ports.sandbox import Exited, Mount, Network, SandboxCommand
from countermine.sandbox.bubblewrap import BubblewrapSandbox
from countermine.sandbox.index_access import CERTIFICATES, IndexAccess
from countermine.testing.sandbox_bench import SMALL, Bench

As = Callable[[Callable[[Path], None]], None]

FETCH = """
import os, sys, urllib.request
for url in sys.argv[1:]:
    try:
        print(urllib.request.urlopen(url, timeout=10).read().decode())
    except OSError as error:
        print(type(error).__name__, error)
"""


@contextmanager
def index(answer: bytes = b"index") -> Iterator[tuple[int, list[bytes]]]:
    """Serve plain HTTP on loopback; yield the port and what was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    asked.append(client.recv(65536))
                    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer)
                    client.sendall(head + answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1], asked
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def fetch(folder: Path, access: IndexAccess, source: str, *arguments: str) -> str:
    bench = Bench(sandbox=BubblewrapSandbox.create(access), folder=folder)
    mounts = tuple(Mount(host=path, inside=str(path)) for path in bench.python_mounts)
    outcome = bench.sandbox.run(
        SandboxCommand(
            argv=(bench.python, "-I", "-c", source, *arguments),
            cwd="/",
            mounts=mounts,
            network=Network.INDEX,
            limits=replace(SMALL, memory_bytes=512 << 20),
        )
    )
    assert isinstance(outcome, Exited), outcome
    assert outcome.exit_code == 0, outcome
    return outcome.stdout.decode()


def test_the_index_answers_through_the_proxy(as_user: As) -> None:
    def action(folder: Path) -> None:
        with index() as (port, asked):
            access = IndexAccess(hosts=frozenset({("localhost", port)}))
            said = fetch(folder, access, FETCH, f"http://localhost:{port}/simple/?q=1")
        assert said == "index\n"
        assert asked[0].startswith(b"GET /simple/?q=1 HTTP/1.1\r\nHost: localhost:")
        assert b"Proxy-" not in asked[0]

    as_user(action)


def test_other_hosts_and_ports_are_refused(as_user: As) -> None:
    def action(folder: Path) -> None:
        with index() as (port, _), index() as (other, asked):
            access = IndexAccess(hosts=frozenset({("localhost", port)}))
            urls = (
                f"http://localhost:{other}/",
                f"http://127.0.0.1:{port}/",
                f"http://localhost.:{other}/",
                f"https://localhost:{other}/",
            )
            said = fetch(folder, access, FETCH, *urls).splitlines()
        assert len(said) == len(urls)
        assert all("403" in line for line in said), said
        assert asked == []

    as_user(action)


def test_a_tunnel_leads_to_the_index_only(as_user: As) -> None:
    source = """
import socket, sys
for port in sys.argv[1:]:
    s = socket.create_connection(('127.0.0.1', 3128))
    s.sendall(f'CONNECT localhost:{port} HTTP/1.1\\r\\n\\r\\n'.encode())
    status = s.recv(100).split()[1].decode()
    print(status)
    if status != '200':
        continue
    s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
    rest = b''
    while chunk := s.recv(100):
        rest += chunk
    print(rest[-5:].decode())
"""

    def action(folder: Path) -> None:
        with index() as (port, _), index() as (other, asked):
            access = IndexAccess(hosts=frozenset({("localhost", port)}))
            said = fetch(folder, access, source, str(port), str(other))
        assert said.split() == ["200", "index", "403"]
        assert asked == []

    as_user(action)


def test_nothing_but_the_proxy_is_reached(as_user: As) -> None:
    source = """
import socket, sys
for port in sys.argv[1:]:
    try:
        socket.create_connection(('127.0.0.1', int(port)), timeout=2)
        print('reached')
    except OSError as error:
        print(type(error).__name__)
"""

    def action(folder: Path) -> None:
        with index() as (port, asked):
            access = IndexAccess(hosts=frozenset({("localhost", port)}))
            said = fetch(folder, access, source, str(port))
        assert said == "ConnectionRefusedError\n"
        assert asked == []

    as_user(action)


def test_an_upstream_proxy_is_asked_in_place_of_the_index(as_user: As) -> None:
    def action(folder: Path) -> None:
        with index(b"through upstream") as (port, asked):
            access = IndexAccess(
                hosts=frozenset({("index.invalid", 80)}),
                upstream=f"http://user:pass%20word@localhost:{port}",
            )
            said = fetch(folder, access, FETCH, "http://index.invalid/simple/")
        assert said == "through upstream\n"
        assert asked[0].startswith(b"GET http://index.invalid:80/simple/ HTTP/1.1\r\n")
        assert b"Proxy-Authorization: Basic dXNlcjpwYXNzIHdvcmQ=\r\n" in asked[0]

    as_user(action)


def test_certificates_are_shown_and_named_in_the_environment(as_user: As) -> None:
    source = """
import os
print(open(os.environ['SSL_CERT_FILE']).read(), os.environ['PIP_CERT'])
"""

    def action(folder: Path) -> None:
        file = folder / "authorities.pem"
        file.write_text("authorities")
        said = fetch(folder, IndexAccess(certificates=file), source)
        assert said == f"authorities {CERTIFICATES}\n"

    as_user(action)


def test_the_way_out_is_shut_without_being_asked_for(as_user: As) -> None:
    def action(folder: Path) -> None:
        with index() as (port, asked):
            access = IndexAccess(hosts=frozenset({("localhost", port)}))
            bench = Bench(sandbox=BubblewrapSandbox.create(access), folder=folder)
            said = bench.say(
                "import socket\n"
                "try: socket.create_connection(('127.0.0.1', 3128))\n"
                "except OSError as error: print(type(error).__name__)"
            )
        assert said == "ConnectionRefusedError\n"
        assert asked == []

    as_user(action)
