"""What ``Network.INDEX`` may reach, and how a command inside gets to it."""

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from countermine.core.errors import BadUsageError
from countermine.ports.sandbox import Mount, SandboxCommand

PORT: Final = 3128
"""Where the proxy is, on the sandbox's own loopback: the customary port of web proxies."""

CERTIFICATES: Final = "/.countermine/certificates.pem"

PROXY_VARIABLES: Final = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
CERTIFICATE_VARIABLES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE")

HAND_OVER: Final = f"""
import os, socket, sys
channel = socket.socket(fileno=int(sys.argv[1]))
listener = socket.create_server(('127.0.0.1', {PORT}), backlog=128)
socket.send_fds(channel, [b'.'], [listener.fileno()])
channel.close()
listener.close()
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Runs inside before the command: opens the proxy's port in the sandbox's network namespace and
hands the socket out, so that the program accepts connections there and nothing stays inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexAccess:
    """The hosts that fetching packages may reach."""

    hosts: frozenset[tuple[str, int]] = frozenset(
        {("pypi.org", 443), ("files.pythonhosted.org", 443)}
    )
    """Host names in lower case, with ports. Nothing else is connected to, by whatever name."""
    upstream: str | None = None
    """``http://[user:password@]host:port`` of a proxy that this machine needs; trusted."""
    certificates: Path | None = None
    """File of certificate authorities in PEM form, where the tools' own do not do."""

    def __post_init__(self) -> None:
        """Refuse a proxy that is not spoken here."""
        if self.upstream is None:
            return
        parts = urlsplit(self.upstream)
        if parts.scheme != "http" or parts.hostname is None:
            message = "the proxy of the package index must be http://host:port"
            raise BadUsageError(message)


def host_of(url: str) -> tuple[str, int]:
    """Return the host and port of an index URL, for ``IndexAccess.hosts``.

    Raises:
        BadUsageError: If it is not an http or https URL.
    """
    parts = urlsplit(url)
    ports = {"https": 443, "http": 80}
    if parts.scheme not in ports or parts.hostname is None:
        message = f"package index {parts.hostname or url!r} is not an http or https URL"
        raise BadUsageError(message)
    return parts.hostname.lower(), parts.port or ports[parts.scheme]


def prepared(command: SandboxCommand, access: IndexAccess) -> SandboxCommand:
    """Return the command with what it needs to use the proxy; its own settings win."""
    proxy = f"http://127.0.0.1:{PORT}"
    env = dict.fromkeys(PROXY_VARIABLES, proxy)
    env |= {name.lower(): proxy for name in PROXY_VARIABLES}
    env |= {"NO_PROXY": "", "no_proxy": ""}
    mounts = [*command.mounts, *_interpreter_mounts(command)]
    if access.certificates is not None:
        env |= dict.fromkeys(CERTIFICATE_VARIABLES, CERTIFICATES)
        mounts.append(Mount(host=access.certificates, inside=CERTIFICATES))
    mounts.sort(key=lambda mount: PurePosixPath(mount.inside).parts)
    return replace(command, mounts=tuple(mounts), env={**env, **command.env})


def hand_over_prefix(channel: int) -> tuple[str, ...]:
    """Return the words that go before a command so that the proxy's port is there."""
    return (_interpreter(), "-I", "-S", "-c", HAND_OVER, str(channel))


def _interpreter() -> str:
    return os.path.realpath(sys.executable)


def _interpreter_mounts(command: SandboxCommand) -> tuple[Mount, ...]:
    """Return what the program's own interpreter needs inside, at its own place."""
    prefix = Path(sys.base_prefix).resolve()
    if prefix.is_relative_to("/usr") or any(
        prefix.is_relative_to(mount.inside) for mount in command.mounts
    ):
        return ()
    return (Mount(host=prefix, inside=str(prefix)),)
