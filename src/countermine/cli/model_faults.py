"""What is of the right form in ``[models]`` and cannot be meant."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from difflib import get_close_matches
from urllib.parse import SplitResult, urlsplit

from countermine.models.locality import is_loopback
from countermine.models.options import Caps, ModelSettings, ProviderKind, RosterEntry

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def refused_models(models: ModelSettings) -> str | None:
    """Return the first thing that cannot be meant, in one line; never a value that may be a key."""
    return next(_faults(models), None)


def _faults(models: ModelSettings) -> Iterator[str]:
    for name, entry in models.roster.items():
        if not _NAME.fullmatch(name):
            yield f"models.roster.{name!r:.80}: a name is letters, digits, '.', '_' and '-'"
        for fault in (*_place(entry), *_key(entry), *_numbers(entry)):
            yield f"models.roster.{name}.{fault}"
    yield from _order("models.order", models.order, models.roster)
    for task, names in models.tasks.items():
        yield from _order(f"models.tasks.{task}", names, models.roster)
    yield from _caps("models.caps.run", models.caps.run)
    yield from _caps("models.caps.case", models.caps.case)
    for task, caps in models.caps.task.items():
        yield from _caps(f"models.caps.task.{task}", caps)
    for key, value, most in (("candidates", models.candidates, 10), ("rounds", models.rounds, 10)):
        if not 1 <= value <= most:
            yield f"models.{key} must be from 1 to {most} (it is {value})"


def _order(where: str, names: Iterable[str], roster: Mapping[str, RosterEntry]) -> Iterator[str]:
    met: set[str] = set()
    for name in names:
        if name not in roster:
            near = get_close_matches(name, roster, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "it is no [models.roster.NAME]"
            yield f"{where} names {name!r:.80}; {hint}"
        if name in met:
            yield f"{where} names {name!r:.80} twice"
        met.add(name)


def _place(entry: RosterEntry) -> Iterator[str]:
    if not entry.model.strip():
        yield "model is empty; name it as its provider does"
    if entry.url is None:
        if entry.provider is ProviderKind.OPENAI_COMPATIBLE:
            yield "url is missing; such as http://127.0.0.1:8080/v1"
    else:
        yield from _url(entry.url)
    if entry.region is not None and entry.provider is not ProviderKind.BEDROCK:
        yield "region is for the provider 'bedrock'"


def _url(url: str) -> Iterator[str]:
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        yield "url must begin with https://, or http:// on this machine, and name a host"
    elif parts.username is not None or parts.password is not None:
        yield "url holds a user or password; keys come from the environment or the keyring"
    elif parts.query or parts.fragment:
        yield "url must end with the path, without '?' and '#'"
    elif parts.scheme == "http" and not is_loopback(url):
        yield "url must begin with https://: code and key would go over the network unencrypted"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # checked when it is read
    except ValueError:
        return None
    return parts


def _key(entry: RosterEntry) -> Iterator[str]:
    if entry.key_variable is not None and not _VARIABLE.fullmatch(entry.key_variable):
        yield "key_variable must be the name of a variable, not the key"
    if entry.key_variable is not None and entry.keyring_service is not None:
        yield "key_variable and keyring_service cannot both hold"
    if entry.keyring_service is not None and not entry.keyring_service.strip():
        yield "keyring_service is empty"


def _numbers(entry: RosterEntry) -> Iterator[str]:
    if entry.context_tokens < 1:
        yield f"context_tokens must be at least 1 (it is {entry.context_tokens})"
    if not 0 < entry.timeout_s <= _LONGEST_S:
        yield f"timeout_s must be over 0 and at most {_LONGEST_S} (it is {entry.timeout_s})"
    if not 0 <= entry.retries <= _MOST_RETRIES:
        yield f"retries must be from 0 to {_MOST_RETRIES} (it is {entry.retries})"
    prices = (entry.input_usd_per_million, entry.output_usd_per_million)
    if (prices[0] is None) != (prices[1] is None):
        yield "input_usd_per_million and output_usd_per_million go together"
    for price in prices:
        if price is not None and not 0 <= price < float("inf"):
            yield f"a price must be a number from 0 (it is {price})"


_LONGEST_S = 3_600
_MOST_RETRIES = 10


def _caps(where: str, caps: Caps) -> Iterator[str]:
    for measure, value in asdict(caps).items():
        if value is not None and not 0 <= value < float("inf"):
            yield f"{where}.{measure} must be a number from 0 (it is {value})"
