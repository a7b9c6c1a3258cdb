"""Over HTTP, on loopback, with the token: and nobody else."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.integration.mcp.conftest import NAME, Agent, Place, connected

pytestmark = pytest.mark.xdist_group("mcp")

HEADERS = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@dataclass(frozen=True)
class Served:
    url: str
    token: str

    @property
    def port(self) -> int:
        found = re.search(r":(\d+)/", self.url)
        assert found is not None
        return int(found[1])

    def post(self, **headers: str) -> httpx2.Response:
        written = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx2.post(self.url, json=PING, headers={**HEADERS, **written})

    @property
    def authorization(self) -> str:
        return f"Bearer {self.token}"


@pytest.fixture(scope="module")
def served(place: Place) -> Iterator[Served]:
    environment = {**os.environ, "COUNTERMINE_STATE": str(place.state)}
    environment.pop("COUNTERMINE_MCP_TOKEN", None)
    command = [sys.executable, "-m", "countermine", "mcp", str(place.root), "--http", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        url, token = (process.stderr.readline().split()[-1] for _ in range(2))
        yield Served(url, token)
        process.terminate()
        rest = process.stderr.read()
        assert process.wait(timeout=30) in {0, 130}, rest
        assert "Traceback" not in rest


@pytest.fixture(scope="module")
def remote(served: Served) -> Iterator[Agent]:
    headers = {"authorization": served.authorization}
    opened = httpx2.AsyncClient(headers=headers, timeout=httpx2.Timeout(60))
    transport = streamable_http_client(served.url, http_client=opened)
    with connected(Client(transport, client_info=NAME)) as one:
        yield one
        one.portal.call(opened.aclose)


def test_the_tools_are_those_of_the_other_transport(remote: Agent, agent: Agent) -> None:
    here, there = (one.portal.call(one.client.list_tools).tools for one in (remote, agent))
    assert [one.model_dump() for one in here] == [one.model_dump() for one in there]


def test_a_search_and_its_report_are_served(remote: Agent) -> None:
    found = remote.call("find", target="libconfig")
    assert found["total"] == 2
    shown = remote.call("show_case", case=found["findings"][0]["case"])
    assert shown["case"]["run"] == found["run"]
    assert found["run"] in remote.read(f"countermine://run/{found['run']}/report/json")


def test_without_the_token_nobody_is_answered(served: Served) -> None:
    wrong = ("", "Bearer", f"Bearer {served.token}x", f"Basic {served.token}", served.token)
    for one in wrong:
        answer = served.post(authorization=one)
        assert (answer.status_code, answer.content) == (401, b"")
    assert served.post().status_code == 401
    assert httpx2.get(served.url.replace("/mcp", "/")).status_code == 401


def test_a_page_cannot_lead_its_own_name_here(served: Served) -> None:
    known = {"authorization": served.authorization}
    rebound = served.post(**known, host=f"attacker.example:{served.port}")
    assert rebound.status_code == 421
    other_port = served.post(**known, host="127.0.0.1:1")
    assert other_port.status_code == 421


@pytest.mark.parametrize("origin", ["https://attacker.example", "null", "http://localhost:3000"])
def test_no_page_is_answered_even_with_the_token(served: Served, origin: str) -> None:
    answer = served.post(authorization=served.authorization, origin=origin)
    assert answer.status_code == 403


def test_a_request_without_end_is_refused(served: Served) -> None:
    headers = {**HEADERS, "authorization": served.authorization}
    answer = httpx2.post(served.url, content=b"[" * (5 << 20), headers=headers)
    assert answer.status_code == 413


def test_no_other_address_is_listened_on(served: Served) -> None:
    with socket.socket() as other:
        other.settimeout(2)
        with pytest.raises(OSError, match="refused"):
            other.connect(("127.0.0.2", served.port))
