"""What ``countermine models`` says: the roster, the tasks, the bounds, and checks of each entry."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TypeAlias

from countermine.cli.config import Configuration
from countermine.cli.model_means import LACKING, has_extra, provider_transport
from countermine.core.models import ModelTask
from countermine.models.checking import Checked, Standing, check
from countermine.models.locality import is_local
from countermine.models.options import Caps, ModelSettings, Privacy, RosterEntry
from countermine.models.pricing import price_of
from countermine.models.providers.keys import NoKeyError, key_for
from countermine.report.escape import printable
from countermine.report.styled import Line, Piece

Results: TypeAlias = Mapping[str, Checked | None]
"""What came of looking at each entry; ``None`` where the privacy setting forbids asking it."""

_STYLES = {
    Standing.OK: ("ok     ", "green"),
    Standing.WARNING: ("warning", "yellow"),
    Standing.FAILED: ("failed ", "bold red"),
}


def checked(models: ModelSettings) -> Results:
    """Ask each model that may be asked.

    Raises:
        EnvironmentLacksError: If the extra is not installed.
    """
    if not models.roster:
        return {}
    money_capped = models.caps.run.usd is not None
    results: dict[str, Checked | None] = {}
    with provider_transport() as transport:
        for name, entry in models.roster.items():
            if _is_forbidden(models, entry):
                results[name] = None
                continue
            price = price_of(entry)
            results[name] = check(name, entry, transport, price, money_capped=money_capped)
    return results


def not_usable(results: Results) -> bool:
    """Tell whether a model that may be asked is of no use as it is configured."""
    return any(result is not None and not result.is_usable for result in results.values())


def order_of(models: ModelSettings, task: ModelTask) -> tuple[str, ...]:
    """Return the names of the models that a task would ask, in order; those that may be asked."""
    names = models.tasks.get(task, models.order or tuple(models.roster))
    return tuple(name for name in names if not _is_forbidden(models, models.roster[name]))


def document(found: Configuration, results: Results) -> Mapping[str, object]:
    """Return all of it as JSON can say it."""
    models = found.settings.models
    return {
        "origin": str(found.models_origin) if found.models_origin else None,
        "privacy": models.privacy,
        "roster": [
            {
                "name": name,
                **asdict(entry),
                "local": is_local(entry),
                "key": _key_of(name, entry),
                "price_usd_per_million": _price_document(entry),
                "check": _check_document(results.get(name)),
            }
            for name, entry in models.roster.items()
        ],
        "tasks": {task: order_of(models, task) for task in ModelTask},
        "caps": asdict(models.caps),
    }


def listing(found: Configuration, results: Results, user: Path | None) -> list[Line]:
    """Return the lines for the screen.

    Args:
        found: The configuration.
        results: Of the checks, where there were any.
        user: Where the user's own file is, or would be.
    """
    return list(_lines(found, results, user))


def _lines(found: Configuration, results: Results, user: Path | None) -> Iterator[Line]:
    models = found.settings.models
    for note in found.notes:
        yield (Piece(f"note: {printable(note)}", "dim"),)
    if not models.roster:
        yield (Piece("No model is configured. Everything works without one."),)
        if user is not None:
            yield (Piece(f"Models are configured in {printable(str(user))}; see docs/models.md."),)
        return
    yield (Piece(f"Models of {printable(str(found.models_origin))}", "bold"),)
    if not has_extra():
        yield (Piece(f"  {LACKING}", "bold red"),)
    for name, entry in models.roster.items():
        yield from _entry_lines(name, entry, models)
        yield from _check_lines(name, results)
    yield (Piece("Tasks", "bold"),)
    for task in ModelTask:
        used = ", then ".join(order_of(models, task)) or "no model"
        yield (Piece(f"  {task:<12} {used}"),)
    yield (Piece("Privacy", "bold"),)
    yield (Piece(f"  {models.privacy}: {_PRIVACY[models.privacy]}"),)
    yield (Piece("Caps", "bold"),)
    yield (Piece(f"  run          {_caps(models.caps.run)}"),)
    yield (Piece(f"  case         {_caps(models.caps.case)}"),)
    for task, caps in models.caps.task.items():
        yield (Piece(f"  {task:<12} {_caps(caps)}"),)


_PRIVACY = {
    Privacy.LOCAL_ONLY: "nothing leaves this machine",
    Privacy.REDACTED: "the least that a task needs leaves it, without secrets",
}


def _entry_lines(name: str, entry: RosterEntry, models: ModelSettings) -> Iterator[Line]:
    where = printable(entry.url or entry.region or "its provider's own address")
    place = "on this machine" if is_local(entry) else "hosted"
    model = printable(entry.model)
    yield (Piece(f"  {name}", "bold"), Piece(f"  {entry.provider}: {model}"))
    yield (Piece(f"    {place}, at {where}; {_price(entry)}; {_key_of(name, entry)}"),)
    if _is_forbidden(models, entry):
        yield (Piece('    never asked: privacy = "local-only"', "yellow"),)


def _check_lines(name: str, results: Results) -> Iterator[Line]:
    result = results.get(name)
    if result is None:
        return
    for one in result.checks:
        word, style = _STYLES[one.standing]
        detail = printable(one.detail)
        yield (Piece("    "), Piece(word, style), Piece(f"  {one.subject}: {detail}"))
    cost = "cost not known" if result.micro_usd is None else f"${result.micro_usd / 1e6:.6f}"
    tokens = result.input_tokens + result.output_tokens
    calls = "1 call" if result.calls == 1 else f"{result.calls} calls"
    yield (Piece(f"    {calls}, {tokens} tokens, {cost}", "dim"),)


def _is_forbidden(models: ModelSettings, entry: RosterEntry) -> bool:
    return models.privacy is Privacy.LOCAL_ONLY and not is_local(entry)


def _key_of(name: str, entry: RosterEntry) -> str:
    """Return whether there is a key and where from; never the key."""
    if entry.keyring_service is not None:
        return f"key in the keyring, service {entry.keyring_service!r}"
    try:
        key = key_for(name, entry, os.environ)
    except NoKeyError as lack:
        return str(lack)
    return "no key needed" if key is None else "key in the environment"


def _price(entry: RosterEntry) -> str:
    price = _known_price(entry)
    if price is None:
        return "price not known"
    if price == (0.0, 0.0):
        return "free"
    return f"${price[0]:g} and ${price[1]:g} per million tokens"


def _known_price(entry: RosterEntry) -> tuple[float, float] | None:
    if not has_extra():
        return None
    price = price_of(entry)
    return (price.input_usd, price.output_usd) if price is not None else None


def _price_document(entry: RosterEntry) -> Mapping[str, float] | None:
    price = _known_price(entry)
    return {"input": price[0], "output": price[1]} if price is not None else None


def _check_document(result: Checked | None) -> Mapping[str, object] | None:
    if result is None:
        return None
    return {**asdict(result), "usable": result.is_usable}


def _caps(caps: Caps) -> str:
    told = [
        f"${caps.usd:g}" if caps.usd is not None else "",
        f"{caps.tokens} tokens" if caps.tokens is not None else "",
        f"{caps.calls} calls" if caps.calls is not None else "",
        f"{caps.seconds:g} s" if caps.seconds is not None else "",
    ]
    return ", ".join(part for part in told if part) or "not bounded"
