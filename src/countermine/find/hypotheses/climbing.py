"""Asks the search again with the sinks that were named: a hypothesis climbs by its trace alone."""

import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from countermine.catalogue.joining import joined
from countermine.catalogue.loader import load, parse_rows
from countermine.catalogue.schema import Catalogue, Rows
from countermine.core.findings import Finding, FindingStatus
from countermine.core.levels import Confidence
from countermine.find.flows import find_flows
from countermine.find.hypotheses.placing import Placed
from countermine.find.request import FindRequest
from countermine.ports.progress import Silent

ORIGIN = "rows of a model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A claim with a place, who made it, and what its sink is called."""

    claim: Placed
    sink: str
    model: str


def rows_of(
    guesses: Iterable[Guess], catalogue: Catalogue, own: frozenset[str]
) -> dict[str, object]:
    """Return the rows with which the search is asked again, as a document of the catalogue.

    Only sinks, and only of what no row describes yet: such rows add flows and take none away.

    Args:
        guesses: What was claimed.
        catalogue: What is known.
        own: First parts of the target's own modules; their functions are analysed, not described.
    """
    found: dict[tuple[str, str, str], dict[str, object]] = {}
    for guess in guesses:
        kinds = guess.claim.facts.sink_kinds
        name = guess.sink
        if not kinds or not _is_nameable(name, own):
            continue
        if any(row.kind in kinds for row in catalogue.sinks.get(name, ())):
            continue
        row: dict[str, object] = {"name": name, "kind": kinds[0], "argument": "*"}
        receiver = _receiver(guess) if name.startswith("*.") else ""
        if name.startswith("*.") and not receiver:
            continue
        if receiver:
            row["receiver"] = receiver
        found[name, kinds[0], receiver] = row
    return {"sink": [found[key] for key in sorted(found)]} if found else {}


def _is_nameable(name: str, own: frozenset[str]) -> bool:
    """Tell whether a row of that name can mean something."""
    root, dot, _ = name.partition(".")
    if not dot:
        return hasattr(builtins, name)
    return root not in own


def _receiver(guess: Guess) -> str:
    parts = (guess.claim.written or "").split(".")[:-1]
    return parts[-1] if parts and parts[-1] not in {"self", "cls"} else ""


def searched_again(request: FindRequest, own: Rows | None, learnt: Rows) -> tuple[Finding, ...]:
    """Return what the search finds with rows that a model gave, beside the project's own.

    What it finds without them is no part of the answer to anything here: no row can take a finding
    away from those that stand.
    """
    catalogue = load(joined(own, learnt))
    again = replace(request, catalogue=catalogue, memory=None)
    return find_flows(again, Silent()).findings


def climbed(guess: Guess, found: Sequence[Finding]) -> Finding | None:
    """Return the trace to the place of a guess, ``None`` where none was found."""
    for one in found:
        if (
            one.status is FindingStatus.TRACED
            and one.weakness == guess.claim.facts.id
            and one.location.overlaps(guess.claim.line)
        ):
            return by_model(one, guess.model)
    return None


def by_model(finding: Finding, model: str) -> Finding:
    """Return a traced finding that rests on the word of a model for what a library does."""
    sure = min(finding.confidence, Confidence.MEDIUM, key=lambda one: one.rank)
    said = f"{finding.message} (It rests on a row of the catalogue that the model {model} gave.)"
    return replace(finding, confidence=sure, message=said, proposed_by=model)


def parsed(document: dict[str, object]) -> Rows:
    """Return rows that a model gave."""
    return parse_rows(document, ORIGIN)
