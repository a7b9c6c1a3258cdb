"""A check of names that is turned on needs names: handshakes are given them, or it stays off."""

from countermine.testing.remedies import patched, refused
from countermine.weaknesses.disabled_certificate_checks.remedy import REMEDIES

SINK = "ssl.SSLContext.verify_mode"
CLIENT = """\
import ssl


class Client:
    def __init__(self):
        self.tls = ssl.create_default_context()
        self.tls.check_hostname = False
        «self.tls.verify_mode = ssl.CERT_NONE»

    async def secure(self, loop):
        if hasattr(loop, "start_tls"):
            return await loop.start_tls(self.transport, self, self.tls)
        return await loop.create_connection({other})

    def listen(self, sock):
        return self.tls.wrap_socket(sock, server_side=True)
"""


def test_a_handshake_is_told_the_name_that_its_function_knows() -> None:
    code = CLIENT.replace("{other}", "self, ssl=self.tls, server_hostname=self.domain")

    fixed = patched(REMEDIES, code, sink=SINK)

    assert "self.tls.check_hostname = True" in fixed
    assert "loop.start_tls(self.transport, self, self.tls, server_hostname=self.domain)" in fixed
    assert "self.tls.wrap_socket(sock, server_side=True)" in fixed


def test_names_stay_unchecked_where_a_handshake_has_none() -> None:
    code = CLIENT.replace("{other}", "self, ssl=self.tls")

    assert "names no server" in refused(REMEDIES, code, sink=SINK)
