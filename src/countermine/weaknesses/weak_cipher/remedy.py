"""Remedy: an authenticated mode, where nothing that was encrypted before can be left to read.

Another cipher or mode is another format: what was encrypted before must still be read, and the
other side must change as well. Neither can be told from the code, but for one case: a key that is
made anew whenever the module is loaded, and that only this module knows. Elsewhere the weakness's
advice says what to change by hand.
"""

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import module_value
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, argument, has_starred, misfit, other_kind, sink_call
from countermine.fix.tree import descend

_MAKERS = {"Crypto.Cipher.AES.new", "Cryptodome.Cipher.AES.new"}
_FRESH = {
    "os.urandom",
    "secrets.token_bytes",
    "Crypto.Random.get_random_bytes",
    "Cryptodome.Random.get_random_bytes",
}
"""What makes a key that nobody has seen before."""

_SEALING = '''
class _Sealing:
    """Encrypts each message with a nonce of its own, and notices when it was changed."""

    def __init__(self, key):
        self._key = key

    def encrypt(self, data):
        cipher = {aes}.new(self._key, {aes}.MODE_GCM)
        body, tag = cipher.encrypt_and_digest(data)
        return cipher.nonce + tag + body

    def decrypt(self, data):
        nonce, tag, body = data[:16], data[16:32], data[32:]
        return {aes}.new(self._key, {aes}.MODE_GCM, nonce=nonce).decrypt_and_verify(body, tag)
'''


def _authenticated_mode(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    name = site.callee(call) if call else None
    if call is None or name not in _MAKERS:
        other_kind()
    key, mode = argument(call, 0, "key"), argument(call, 1, "mode")
    given = 2
    if has_starred(call) or key is None or mode is None or len(call.args) != given:
        misfit("the call has options that another mode would have to take over")
    module = name.removesuffix(".new")
    if site.resolve(mode.value) != f"{module}.MODE_ECB":
        misfit("the mode is not written in the call")
    makers = _uses_of_own_key(site, call, key.value)
    helper = draft.helper("_Sealing", _SEALING.format(aes=draft.module_in_helper(module)))
    for maker in makers:
        draft.replace(maker, f"{helper}({site.code(key.value)})")
    return "Encrypt with a mode that is authenticated"


def _uses_of_own_key(site: Site, call: cst.Call, key: cst.BaseExpression) -> list[cst.Call]:
    """Return the calls that the key is for, all written alike; give up where it has other uses."""
    if not isinstance(key, cst.Name) or not key.value.startswith("_"):
        misfit("what was encrypted elsewhere or before with this key could not be read any more")
    value = module_value(site, key.value)
    if value is None or site.callee(value) not in _FRESH:
        misfit("what was encrypted before with this key could not be read any more")
    nodes = list(descend(site.tree.module))
    named = [n for n in nodes if isinstance(n, cst.Name) and n.value == key.value]
    written = site.code(call)
    makers = [n for n in nodes if isinstance(n, cst.Call) and site.code(n) == written]
    if len(named) != len(makers) + 1:
        misfit("the key has other uses, which would not fit the new mode")
    if not any(isinstance(n, cst.Attribute) and n.attr.value == "decrypt" for n in nodes):
        misfit("nothing here is decrypted, so that equal results for equal data may be wanted")
    return makers


REMEDIES = (remedy("authenticated-mode", _authenticated_mode),)
