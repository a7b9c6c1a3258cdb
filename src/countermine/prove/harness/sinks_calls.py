"""Wrappers for calls of which only the fact counts: hashes, ciphers, randomness, file look-ups."""

# ruff: noqa: ANN401 - stands in for calls of any type

from __future__ import annotations

import math
import os
from types import ModuleType
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.audits import path_facts
from countermine.prove.harness.comparisons import constant_time
from countermine.prove.harness.observer import Observer
from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from countermine.prove.harness.wrapping import Apply

    Call = Callable[..., Any]
    Facts = Callable[..., dict[str, str]]


def told(observer: Observer, event: str, original: Call, facts: Facts) -> Call:
    """Return a function that reports its arguments and calls the original."""

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            detail = facts(*args, **kwargs)
        except TypeError:
            detail = {}  # not how it is called: the original says so
        observer.observe(event, detail)
        return original(*args, **kwargs)

    return wrapper


def _argument(args: Any, kwargs: Any, position: int, name: str) -> Any:
    return args[position] if len(args) > position else kwargs.get(name, "")


def _hashlib(module: ModuleType, observer: Observer) -> None:
    def named(algorithm: str) -> Facts:
        def facts(*_args: Any, **kwargs: Any) -> dict[str, str]:
            purpose = "0" if kwargs.get("usedforsecurity") is False else "1"
            return {"call": f"hashlib.{algorithm}", "algorithm": algorithm, "security": purpose}

        return facts

    def new(*args: Any, **kwargs: Any) -> dict[str, str]:
        name = _argument(args, kwargs, 0, "name")
        purpose = "0" if kwargs.get("usedforsecurity") is False else "1"
        algorithm = str(name).lower().replace("-", "")
        return {"call": "hashlib.new", "algorithm": algorithm, "security": purpose}

    for algorithm in ("md5", "sha1"):
        original = getattr(module, algorithm)
        replace(observer, module, algorithm, told(observer, "hash", original, named(algorithm)))
    replace(observer, module, "new", told(observer, "hash", module.new, new))
    derive = module.pbkdf2_hmac

    def derived(*args: Any, **kwargs: Any) -> dict[str, str]:
        name = str(_argument(args, kwargs, 0, "hash_name")).lower()
        return {"call": "hashlib.pbkdf2_hmac", "algorithm": name, "security": "1"}

    replace(observer, module, "pbkdf2_hmac", told(observer, "hash", derive, derived))


def _hmac(module: ModuleType, observer: Observer) -> None:
    for call, argument in (("new", "digestmod"), ("digest", "digest")):

        def facts(*args: Any, _argument_name: str = argument, **kwargs: Any) -> dict[str, str]:
            how = _argument(args, kwargs, 2, _argument_name)
            name = how if isinstance(how, str) else getattr(how, "__name__", "")
            return {"call": "hmac", "algorithm": name.replace("openssl_", ""), "security": "1"}

        replace(observer, module, call, told(observer, "hash", getattr(module, call), facts))
    constant_time(module, observer)


_RANDOM = (
    "random",
    "uniform",
    "triangular",
    "randint",
    "choice",
    "randrange",
    "sample",
    "shuffle",
    "choices",
    "getrandbits",
    "randbytes",
    "gauss",
)


def _random(module: ModuleType, observer: Observer) -> None:
    def facts(name: str) -> Facts:
        return lambda *_args, **_kwargs: {"call": f"random.{name}"}

    below = module.Random._randbelow  # noqa: SLF001 - what all the others draw whole numbers by
    replace(observer, module.Random, "_randbelow", _WEAK.told(observer, "below", below, _below))
    for name in _RANDOM:
        original = getattr(module, name, None)
        if original is None:
            continue
        if name in _DRAWN:
            original = _WEAK.told(observer, f"random.{name}", original, _DRAWN[name])
        replace(observer, module, name, told(observer, "random", original, facts(name)))

    _system_random(module, observer)
    made = module.Random.__init__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it is one
        if not isinstance(self, module.SystemRandom):
            observer.observe("random", {"call": "random.Random"})
        made(self, *args, **kwargs)

    replace(observer, module.Random, "__init__", __init__)


MAX_DRAWS = 64
"""Draws of each kind that are told; a token takes one, a code one for a letter."""


class _Draws:
    """Tells how much was asked of a generator; a draw within a draw is the same one."""

    def __init__(self, event: str) -> None:
        self._event = event
        self._count = 0
        self._within = False

    def told(
        self, observer: Observer, call: str, original: Call, bits: Callable[..., float]
    ) -> Call:
        """Return a function that reports how many bits it draws, and draws them."""

        def draw(*args: Any, **kwargs: Any) -> Any:
            if self._within:
                return original(*args, **kwargs)
            self._within = True
            try:
                drawn = original(*args, **kwargs)
            finally:
                self._within = False
            self._count += 1
            if self._count <= MAX_DRAWS:
                # Numbered, since what is told the same way is not told often.
                said = f"{bits(*args, **kwargs):.2f}"
                facts = {"call": call, "bits": said, "draw": str(self._count)}
                observer.observe(self._event, facts)
            return drawn

        return draw


_DRAWS = _Draws("secure-random")
_WEAK = _Draws("weak-random")


def _bits(count: int) -> float:
    return 8 * count


def _below(_self: object, bound: int) -> float:
    return math.log2(max(1, bound))


def _chosen(population: Any, *_args: Any, k: int = 1, **_kwargs: Any) -> float:
    return k * math.log2(max(1, len(population)))


def _fraction(*_args: Any, **_kwargs: Any) -> float:
    return 53  # digits of a float


_DRAWN: Mapping[str, Callable[..., float]] = {
    "random": _fraction,
    "uniform": _fraction,
    "triangular": _fraction,
    "gauss": _fraction,
    "choices": _chosen,
    "getrandbits": float,
    "randbytes": _bits,
}
"""What draws otherwise than below a whole number."""


def _system_random(module: ModuleType, observer: Observer) -> None:
    system = module.SystemRandom
    for name, bits in (
        ("getrandbits", lambda _self, count: float(count)),
        ("_randbelow", _below),
        ("choices", lambda _self, *args, **kwargs: _chosen(*args, **kwargs)),
    ):
        original = getattr(system, name)
        by = _DRAWS.told(observer, "random.SystemRandom", original, bits)
        replace(observer, system, name, by)
    by_bytes = _DRAWS.told(observer, "os.urandom", module._urandom, _bits)  # noqa: SLF001
    replace(observer, module, "_urandom", by_bytes)


def _uuid(module: ModuleType, observer: Observer) -> None:
    original = module.uuid1
    facts: Facts = lambda *_args, **_kwargs: {"call": "uuid.uuid1"}  # noqa: E731 - one line
    replace(observer, module, "uuid1", told(observer, "random", original, facts))


def _numpy_random(module: ModuleType, observer: Observer) -> None:
    for name in ("rand", "randint", "random", "choice", "bytes"):
        original = getattr(module, name, None)
        if original is not None:
            call = f"numpy.random.{name}"
            facts: Facts = lambda *_a, _call=call, **_k: {"call": _call}  # noqa: E731 - one line
            replace(observer, module, name, told(observer, "random", original, facts))


def _cipher(algorithm: str) -> Apply:
    def apply(module: ModuleType, observer: Observer) -> None:
        ecb = getattr(module, "MODE_ECB", None)

        def facts(*args: Any, **kwargs: Any) -> dict[str, str]:
            mode = args[1] if len(args) > 1 else kwargs.get("mode")
            is_ecb = ecb is not None and mode == ecb and isinstance(mode, int)
            name = f"{module.__name__}.new"
            return {"call": name, "algorithm": algorithm, "mode": "ECB" if is_ecb else ""}

        replace(observer, module, "new", told(observer, "cipher", module.new, facts))

    return apply


def _cryptography(package: str, names: str) -> Apply:
    def apply(module: ModuleType, observer: Observer) -> None:
        for name in names.split():
            original = getattr(module, name, None)
            if isinstance(original, type):
                _told_class(observer, module, name, package)

    return apply


def _told_class(observer: Observer, module: ModuleType, name: str, package: str) -> None:
    original = getattr(module, name)
    made = original.__init__
    facts = {"call": f"{module.__name__}.{name}", "algorithm": name, "mode": ""}
    if package == "modes":
        facts.update(algorithm="", mode=name)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it is one
        observer.observe("cipher" if package != "hashes" else "hash", dict(facts))
        made(self, *args, **kwargs)

    try:
        replace(observer, original, "__init__", __init__)
    except TypeError:
        return  # a class made in C: the call cannot be seen this way


class _Look:
    """A look-up of a file that is reported.

    No function: up to Python 3.10 ``pathlib`` keeps ``os.stat`` as an attribute of a class, where
    a function would become a method.
    """

    def __init__(self, original: Call, observer: Observer) -> None:
        self._original = original
        self._observer = observer

    def __call__(self, path: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(path, int):
            facts = path_facts(path, write=False)
            if facts is not None:
                self._observer.observe("stat", facts)
        return self._original(path, *args, **kwargs)


def _os(module: ModuleType, observer: Observer) -> None:
    """Report look-ups of files, and what is asked of the kernel's generator.

    Code that checks for a file before it opens it says where it looks.
    """
    replace(observer, module, "urandom", _DRAWS.told(observer, "os.urandom", module.urandom, _bits))
    for name in ("stat", "access"):
        original = getattr(module, name)
        look = _Look(original, observer)
        replace(observer, module, name, look)
        for group in (os.supports_dir_fd, os.supports_follow_symlinks, os.supports_fd):
            if original in group:
                group.add(look)
    masked: Facts = lambda mask: {"rights": f"{mask & 0o7777:04o}"}  # noqa: E731 - one line
    replace(observer, module, "umask", told(observer, "umask", module.umask, masked))


def _tempfile(module: ModuleType, observer: Observer) -> None:
    facts: Facts = lambda *_args, **_kwargs: {"call": "tempfile.mktemp"}  # noqa: E731 - one line
    replace(observer, module, "mktemp", told(observer, "name-only", module.mktemp, facts))


CRYPTOGRAPHY = "cryptography.hazmat"
WATCHED: Mapping[str, Apply] = {
    "hashlib": _hashlib,
    "hmac": _hmac,
    "secrets": constant_time,
    "random": _random,
    "tempfile": _tempfile,
    "uuid": _uuid,
    "os": _os,
    "numpy.random": _numpy_random,
    **{
        f"{package}.Cipher.{name}": _cipher(name)
        for package in ("Crypto", "Cryptodome")
        for name in ("DES", "DES3", "ARC2", "ARC4", "Blowfish", "CAST", "AES")
    },
    f"{CRYPTOGRAPHY}.primitives.ciphers.algorithms": _cryptography(
        "algorithms", "ARC4 TripleDES Blowfish CAST5 IDEA SEED RC2"
    ),
    f"{CRYPTOGRAPHY}.decrepit.ciphers.algorithms": _cryptography(
        "algorithms", "ARC4 TripleDES Blowfish CAST5 IDEA SEED RC2"
    ),
    f"{CRYPTOGRAPHY}.primitives.ciphers.modes": _cryptography("modes", "ECB"),
    f"{CRYPTOGRAPHY}.primitives.hashes": _cryptography("hashes", "MD5 SHA1"),
}
