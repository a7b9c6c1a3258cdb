"""Another mode is another format: where the remedy may change it, and where not."""

from textwrap import dedent

import pytest

from countermine.testing.remedies import patched, refused
from countermine.weaknesses.weak_cipher.remedy import REMEDIES

OWN_KEY = "from Crypto.Cipher import AES\nimport os\n_KEY = os.urandom(32)\n"


def module(head: str, maker: str) -> str:
    return (
        f"{head}\n\ndef seal(data):\n    return {maker}.encrypt(data)\n\n\n"
        "def unseal(data):\n    return other().decrypt(data)\n"
    )


def test_every_place_that_makes_the_cipher_is_changed() -> None:
    code = dedent(
        """\
        import secrets
        from Cryptodome.Cipher import AES

        _KEY = secrets.token_bytes(16)


        def seal(data):
            return «AES.new(_KEY, mode=AES.MODE_ECB)».encrypt(data)


        def unseal(data):
            return AES.new(_KEY, mode=AES.MODE_ECB).decrypt(data)
        """
    )
    fixed = patched(REMEDIES, code)
    assert "_Sealing(_KEY).encrypt(data)" in fixed
    assert "_Sealing(_KEY).decrypt(data)" in fixed
    assert "MODE_ECB" not in fixed
    assert fixed.count("AES.MODE_GCM") == 2


def test_a_cipher_that_is_imported_as_a_whole_is_written_so() -> None:
    head = "import Crypto.Cipher.AES\nimport os\n_KEY = os.urandom(32)\n"
    maker = "«Crypto.Cipher.AES.new(_KEY, Crypto.Cipher.AES.MODE_ECB)»"
    fixed = patched(REMEDIES, module(head, maker))
    assert "return _Sealing(_KEY).encrypt(data)" in fixed
    assert "Crypto.Cipher.AES.new(self._key, Crypto.Cipher.AES.MODE_GCM)" in fixed


@pytest.mark.parametrize(
    ("head", "maker", "why"),
    [
        (OWN_KEY, "«AES.new(data, AES.MODE_ECB)»", "elsewhere or before"),
        (OWN_KEY, "«AES.new(_KEY, AES.MODE_ECB, use_aesni=False)»", "options"),
        (OWN_KEY, "«AES.new(*data)»", "options"),
        (f"{OWN_KEY}MODE = load()\n", "«AES.new(_KEY, MODE)»", "the mode is not written"),
        (OWN_KEY.replace("_KEY", "KEY"), "«AES.new(KEY, AES.MODE_ECB)»", "elsewhere or before"),
        (
            OWN_KEY.replace("os.urandom(32)", "open('key', 'rb').read()"),
            "«AES.new(_KEY, AES.MODE_ECB)»",
            "encrypted before",
        ),
        (f"{OWN_KEY}_KEY = load()\n", "«AES.new(_KEY, AES.MODE_ECB)»", "encrypted before"),
        (f"{OWN_KEY}save(_KEY)\n", "«AES.new(_KEY, AES.MODE_ECB)»", "other uses"),
    ],
)
def test_a_cipher_that_others_may_depend_on_stays(head: str, maker: str, why: str) -> None:
    assert why in refused(REMEDIES, module(head, maker))


def test_what_is_never_decrypted_stays() -> None:
    code = (
        f"{OWN_KEY}\n\ndef token(data):\n    return «AES.new(_KEY, AES.MODE_ECB)».encrypt(data)\n"
    )
    assert "nothing here is decrypted" in refused(REMEDIES, code)


def test_other_ciphers_stay() -> None:
    code = "from Crypto.Cipher import DES\n\ndef f(key):\n    return «DES.new(key, DES.MODE_ECB)»\n"
    refused(REMEDIES, code)
