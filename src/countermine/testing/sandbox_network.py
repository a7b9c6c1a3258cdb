"""Claims about ways to the network that are tried less often: other addresses, raw packets."""

import contextlib
import socket
import threading
import time

from countermine.testing.sandbox_bench import Bench, expect, tried, writable

_WAIT_S = 20.0

_SOCKETS = (
    "/run/dbus/system_bus_socket",
    "/var/run/docker.sock",
    "/run/podman/podman.sock",
    "/run/containerd/containerd.sock",
    "/run/systemd/private",
    "/run/systemd/resolve",
    "/run/systemd/notify",
    "/run/udev/control",
    "/run/nscd/socket",
    "/run/user",
    "/dev/log",
    "/tmp/.X11-unix",  # noqa: S108 - where it would be
)


def no_form_of_the_loopback_address_leads_out(bench: Bench) -> None:
    """A listener on every address of the host is reached by none of the names of loopback."""
    with contextlib.ExitStack() as stack:
        ports = []
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            listener = stack.enter_context(socket.socket(family))
            listener.bind((address, 0))
            listener.listen()
            listener.settimeout(0)
            ports.append(listener)
        said = tried(
            bench,
            """
import socket, sys
places = ('127.0.0.1', '127.0.0.2', '127.255.255.254', '0.0.0.0', 'localhost', '::1', '::',
          '::ffff:127.0.0.1', '0x7f000001', '2130706433', '127.1')
for port in sys.argv[1:]:
    for place in places:
        try:
            socket.create_connection((place, int(port)), timeout=0.3)
            print('reached', place)
        except OSError:
            pass
""",
            *(str(one.getsockname()[1]) for one in ports),
        )
        expect(said == "", f"the loopback of the host: {said}")


def abstract_sockets_of_every_kind_are_out_of_reach(bench: Bench) -> None:
    """Streams, datagrams and sequenced packets, to a name that no file system holds."""
    kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET)
    with contextlib.ExitStack() as stack:
        listeners = []
        for number, kind in enumerate(kinds):
            listener = stack.enter_context(socket.socket(socket.AF_UNIX, kind))
            listener.bind(f"\0countermine-kind-{number}")
            if kind != socket.SOCK_DGRAM:
                listener.listen()
            listener.settimeout(0)
            listeners.append(listener)
        said = tried(
            bench,
            """
import socket
kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET)
for number, kind in enumerate(kinds):
    s = socket.socket(socket.AF_UNIX, kind)
    try:
        s.connect(f'\\0countermine-kind-{number}')
        s.send(b'canary')
        print('sent', number)
    except OSError:
        pass
""",
        )
        expect(said == "", f"an abstract socket of the host: {said}")


def names_are_answered_by_nobody(bench: Bench) -> None:
    """No resolver of the host is asked, and the host's own name is not known."""
    said = tried(
        bench,
        """
import socket, sys
for name in (sys.argv[1], 'index.invalid', 'countermine.test'):
    try:
        found = socket.getaddrinfo(name, 80)
        if name not in ('localhost', 'sandbox'):
            print('answered', name, found)
    except OSError:
        pass
if socket.gethostname() == sys.argv[1]:
    print('knows the name of the host')
""",
        socket.gethostname() if socket.gethostname() != "localhost" else "host.invalid",
    )
    expect(said == "", f"names: {said}")


def a_listener_inside_is_not_on_the_host(bench: Bench) -> None:
    """What code inside listens on cannot be reached, and shadows no port of the host."""
    work = bench.fresh("work")
    source = """
import os, socket, sys, time
s = socket.socket()
s.bind(('127.0.0.1', 0))
s.listen()
u = socket.socket(socket.AF_UNIX)
u.bind('\\0countermine-inside')
u.listen()
open('/box/port.new', 'w').write(str(s.getsockname()[1]))
os.rename('/box/port.new', '/box/port')
deadline = time.monotonic() + 15
while not os.path.exists('/box/done') and time.monotonic() < deadline:
    time.sleep(0.01)
"""
    running = threading.Thread(target=lambda: bench.run(source, mounts=(writable(work),)))
    running.start()
    try:
        deadline = time.monotonic() + _WAIT_S
        while not (work / "port").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        port = int((work / "port").read_text())
        reached = [
            address
            for address in (("127.0.0.1", port), "\0countermine-inside")
            if _connects(address)
        ]
    finally:
        (work / "done").touch()
        running.join()
    expect(not reached, f"a listener inside was reached from the host at {reached}")


def _connects(address: tuple[str, int] | str) -> bool:
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as client:
        client.settimeout(1)
        return client.connect_ex(address) == 0


def raw_packets_cannot_be_made(bench: Bench) -> None:
    """No raw socket of any family, no marks, no interface of choice."""
    said = tried(
        bench,
        """
import socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_PACKET, socket.AF_UNIX):
    for protocol in (0, 1, 6, 17, 58, 255, 768):
        if family == socket.AF_UNIX:
            continue
        try:
            socket.socket(family, socket.SOCK_RAW, protocol)
            print('raw', family, protocol)
        except OSError:
            pass
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for option, value in ((36, 1), (25, b'eth0'), (33, 1)):
    try:
        s.setsockopt(socket.SOL_SOCKET, option, value)
        print('set', option)
    except OSError:
        pass
""",
    )
    expect(said == "", f"raw packets: {said}")


def no_interface_can_be_made_or_changed(bench: Bench) -> None:
    """Neither by ioctl, nor by a tunnel, nor by routes or bridges."""
    said = tried(
        bench,
        """
import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
requests = {'flags': 0x8914, 'address': 0x8916, 'name': 0x8923, 'mtu': 0x8922, 'route': 0x890B,
            'bridge': 0x89A0, 'hardware': 0x8924}
for name, request in requests.items():
    for interface in (b'lo', b'eth0'):
        try:
            fcntl.ioctl(s, request, struct.pack('16s24x', interface) + bytes(88))
            print('changed', name, interface)
        except OSError:
            pass
for place in ('/dev/net/tun', '/dev/vhost-net', '/dev/vsock'):
    try:
        open(place, 'r+b', buffering=0)
        print('opened', place)
    except OSError:
        pass
""",
    )
    expect(said == "", f"interfaces: {said}")


def services_of_the_host_are_not_there(bench: Bench) -> None:
    """No socket of a message bus, a container engine, an agent, a log or a display."""
    said = tried(
        bench,
        """
import os, sys
for place in sys.argv[1:]:
    if os.path.lexists(place):
        print('sees', place)
for name in os.environ:
    if name.endswith(('_SOCK', '_ADDRESS', 'DISPLAY', '_TOKEN', '_AUTHORITY')):
        print('has', name)
""",
        *_SOCKETS,
    )
    expect(said == "", f"services: {said}")


NETWORK = (
    no_form_of_the_loopback_address_leads_out,
    abstract_sockets_of_every_kind_are_out_of_reach,
    names_are_answered_by_nobody,
    a_listener_inside_is_not_on_the_host,
    raw_packets_cannot_be_made,
    no_interface_can_be_made_or_changed,
    services_of_the_host_are_not_there,
)
