"""The key that signs evidence: Ed25519, made once for a state folder; and those of others.

The private half lies in the state folder as PKCS#8, readable by its user alone. What others need
in order to check a bundle is the public half, as the usual PEM text.
"""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey

from countermine.core.errors import BadUsageError, CountermineError, EnvironmentLacksError

MAX_KEY_BYTES = 1 << 16
"""Longest file that is read as a key; the longest RSA keys in use have some ten kilobytes."""


def own_key(state: Path) -> CryptoSigner:
    """Return the key of a state folder; it is made where there is none yet.

    Raises:
        CountermineError: If what lies there is no key.
        EnvironmentLacksError: If it cannot be read or written.
    """
    place = _place(state)
    try:
        if not place.exists():
            _make(place)
        return CryptoSigner(load_pem_private_key(place.read_bytes(), None))
    except OSError as error:
        message = f"cannot keep the signing key {str(place)!r}: {error.strerror}"
        raise EnvironmentLacksError(message) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        message = f"{str(place)!r} is no private key that can sign ({error}); move it away"
        raise CountermineError(message) from error


def own_public_key(state: Path) -> SSlibKey | None:
    """Return the public half of a state folder's key, ``None`` where none was made yet.

    Raises:
        CountermineError: If what lies there is no key.
        EnvironmentLacksError: If it cannot be read.
    """
    return own_key(state).public_key if _place(state).exists() else None


def public_text(key: SSlibKey) -> str:
    """Return a public key as PEM text (SubjectPublicKeyInfo)."""
    written = key._crypto_key().public_bytes(  # noqa: SLF001 - the one way to its standard form
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    return written.decode("ascii")


def read_public_key(path: Path) -> SSlibKey:
    """Return the public key that stands in a PEM file.

    Raises:
        BadUsageError: If the file cannot be read, or holds none that signatures are checked with.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_KEY_BYTES)
        return SSlibKey.from_crypto(load_pem_public_key(text))
    except OSError as error:
        message = f"cannot read the key {str(path)!r}: {error.strerror}"
        raise BadUsageError(message) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        message = (
            f"{str(path)!r} is no public key in PEM form, as `countermine evidence key` prints"
        )
        raise BadUsageError(message) from error


def _place(state: Path) -> Path:
    return state / "keys" / "evidence.pem"


def _make(place: Path) -> None:
    """Write a new key whole; of two processes at once the first one's stays."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(CryptoSigner.generate_ed25519().private_bytes)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, place)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
