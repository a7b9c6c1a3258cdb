"""The signing key: made once, private, and never taken for what it is not."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from countermine.core.errors import BadUsageError, CountermineError, EnvironmentLacksError
from countermine.evidence.keys import own_key, own_public_key, public_text, read_public_key


def test_a_key_is_made_once_and_stays(tmp_path: Path) -> None:
    assert own_public_key(tmp_path) is None, "asking for it makes none"
    made = own_key(tmp_path).public_key
    assert own_key(tmp_path).public_key == made
    assert own_public_key(tmp_path) == made


def test_the_private_half_is_readable_by_its_user_alone(tmp_path: Path) -> None:
    own_key(tmp_path)
    (place,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_what_is_printed_can_be_read_elsewhere(tmp_path: Path) -> None:
    key = own_key(tmp_path).public_key
    file = tmp_path / "their-key.pem"
    file.write_text(public_text(key))
    assert read_public_key(file).keyid == key.keyid


@pytest.mark.parametrize("content", [b"", b"no key", b"\xff\x00" * 40_000])
def test_a_file_that_is_no_public_key_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(content)
    with pytest.raises(BadUsageError, match="no public key in PEM form"):
        read_public_key(file)


def test_a_key_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadUsageError, match="No such file"):
        read_public_key(tmp_path / "absent.pem")


def test_a_private_key_that_cannot_sign_is_not_replaced(tmp_path: Path) -> None:
    place = tmp_path / "keys" / "evidence.pem"
    place.parent.mkdir()
    other = X25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    for content in (b"scribble", other):
        place.write_bytes(content)
        with pytest.raises(CountermineError, match="no private key that can sign"):
            own_key(tmp_path)
        assert place.read_bytes() == content


def test_a_state_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentLacksError, match="cannot keep the signing key"):
        own_key(tmp_path / "file" / "state")
