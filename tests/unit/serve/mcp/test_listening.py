"""The address that clients are told of takes their connections at once."""

import socket

import pytest

from countermine.core.errors import EnvironmentLacksError
from countermine.serve.mcp.http import LOOPBACK, bound


def test_a_client_may_connect_before_the_server_has_started() -> None:
    with bound(0) as listener, socket.create_connection(listener.getsockname(), timeout=5):
        assert listener.getsockname()[0] == LOOPBACK


def test_a_port_that_is_taken_is_said() -> None:
    with bound(0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(EnvironmentLacksError, match=rf"cannot listen on 127.0.0.1:{port}"):
            bound(port)
