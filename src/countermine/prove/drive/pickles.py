"""Pickles of attack, as protocol 4 writes them: which function of which module is called."""

import re
from collections.abc import Iterator, Sequence

CALL = "\x8c\x03sys\x8c\x05audit\x93"
"""Gets the function that tells the observer and does nothing else."""

_IS_MODULE = re.compile(r"[A-Za-z_][\w.]{0,60}", re.ASCII)
_WAYS_ON = ("sys.audit", "_sys.audit", "os.sys.audit", "pickle.sys.audit", "_os.sys.audit")
"""From a module to that function: modules import one another, and have what they import."""


def calling(text: str, modules: Sequence[str]) -> Iterator[str]:
    """Yield a pickle of attack that comes to the same function through another module.

    An unpickler that lets some modules through lets through what these have imported, too. Each
    way is tried of all modules before the next one.
    """
    if CALL not in text:
        return
    for name in _WAYS_ON:
        for module in modules:
            if _IS_MODULE.fullmatch(module):
                yield text.replace(CALL, _getting(module, name))


def _getting(module: str, name: str) -> str:
    # From protocol 4 on a name may have dots.
    return f"\x8c{chr(len(module))}{module}\x8c{chr(len(name))}{name}\x93"
