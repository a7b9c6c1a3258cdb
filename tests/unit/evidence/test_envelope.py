"""Envelopes: what was signed is what is read, and nothing else is taken for it."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner

from countermine.core.errors import BadUsageError
from countermine.evidence.envelope import seal, unseal

SIGNER = CryptoSigner.generate_ed25519()
OTHER = CryptoSigner.generate_ed25519()


@given(st.binary(max_size=200))
def test_what_was_sealed_comes_out_with_its_signer(payload: bytes) -> None:
    opened = unseal(seal(payload, SIGNER).encode(), [OTHER.public_key, SIGNER.public_key])
    assert (opened.payload, opened.held, opened.false) == (
        payload,
        (SIGNER.public_key.keyid,),
        (),
    )


def test_without_the_key_nothing_is_said_to_hold() -> None:
    opened = unseal(seal(b"{}", SIGNER).encode(), [OTHER.public_key])
    assert opened.claimed == (SIGNER.public_key.keyid,)
    assert opened.held == ()
    assert opened.false == ()


@pytest.mark.parametrize("part", ["payload", "payloadType", "sig"])
def test_a_change_of_any_part_is_seen(part: str) -> None:
    document = json.loads(seal(b'{"verdict": "proven"}', SIGNER))
    if part == "payload":
        document["payload"] = base64.b64encode(b'{"verdict": "provem"}').decode()
    elif part == "sig":
        document["signatures"][0]["sig"] = base64.b64encode(b"\0" * 64).decode()
    else:
        document["payloadType"] = "text/plain"
        with pytest.raises(BadUsageError, match="text/plain"):
            unseal(json.dumps(document).encode(), [SIGNER.public_key])
        return
    opened = unseal(json.dumps(document).encode(), [SIGNER.public_key])
    assert opened.held == ()
    assert opened.false == (SIGNER.public_key.keyid,)


def test_a_signature_under_the_name_of_another_key_is_false() -> None:
    document = json.loads(seal(b"{}", OTHER))
    document["signatures"][0]["keyid"] = SIGNER.public_key.keyid
    opened = unseal(json.dumps(document).encode(), [SIGNER.public_key])
    assert opened.false == (SIGNER.public_key.keyid,)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"1",
        b'"text"',
        b"{}",
        b'{"payload": 1, "payloadType": 2, "signatures": 3}',
        b'{"payload": "", "payloadType": "x", "signatures": [1]}',
        b'{"payload": "", "payloadType": "x", "signatures": [{"sig": "%%"}]}',
        b'{"payload": "\xc3\xa9", "payloadType": "x", "signatures": []}',
        b'{"payload": "", "payloadType": 3, "signatures": []}',
        b"[" * 100_000,
        Path(__file__).read_bytes(),
    ],
)
def test_what_is_no_envelope_is_refused_in_one_line(text: bytes) -> None:
    with pytest.raises(BadUsageError, match="no evidence bundle") as refused:
        unseal(text, [SIGNER.public_key])
    assert "\n" not in str(refused.value)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["payload", "payloadType", "signatures", "keyid", "sig"]), inner
            )
        ),
        max_leaves=8,
    )
)
def test_no_document_makes_reading_fail_otherwise(document: object) -> None:
    try:
        unseal(json.dumps(document).encode(), [SIGNER.public_key])
    except BadUsageError:
        return
