"""Gate 9, on: respelled attacks by the other ways in, and attacks by two ways in at once.

What meets in a sink may be harmless apart: a quote that the first value opens and the second one
closes, two dots that come from two parameters. See docs/decisions/0057-ways-together.md.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from countermine.core.witnesses import Input, Shown, Stimulus, Witness, WitnessKind
from countermine.prove.gates.green import still_shown
from countermine.prove.gates.other_ways import other_witnesses, told
from countermine.prove.judging import attack
from countermine.prove.mutations import mutated
from countermine.prove.steps import Passed, Step
from countermine.prove.trial import Trial

MAX_EACH = 8
"""Respelled attacks by each further way in."""
MAX_TOGETHER = 24
"""Attacks by two ways in at once, for each pair."""
_FIRST = 3
"""Attacks of each way that are put together, and cut in two."""


def by_ways_together(
    trial: Trial, shown: tuple[Stimulus, ...], undone: tuple[str, ...], before: Passed
) -> Step:
    """Return what attacks by further ways in say of a patch that withstands those by the best one.

    What cannot be judged says nothing here: gate 6 has judged each way in by itself.

    Args:
        trial: The patch, and what is known of the flaw.
        shown: The attacks that showed the flaw by the best way in.
        undone: The spellings that calls of the patch undo.
        before: What the gate says where nothing is shown.
    """
    claim = trial.claim
    if claim.witness.kind is WitnessKind.STRUCTURAL or claim.witness.script is not None:
        return before
    tried = 0
    for witness in other_witnesses(trial):
        way = told(witness.entry)
        alone = mutated(witness, witness.attacks, MAX_EACH, undone)
        both = tuple(islice(together(claim.witness, shown, witness), MAX_TOGETHER))
        for one, stimuli in ((witness, alone), (claim.witness, both)):
            if not stimuli:
                continue
            tried += len(stimuli)
            for seen in attack(trial.setting, replace(claim, witness=one), trial.patched, stimuli):
                if isinstance(seen.effect, Shown):
                    also = "" if one is witness else "also "
                    return still_shown(seen, f"on the patched tree, {also}by {way}")
    if not tried:
        return before
    return replace(before, reason=f"{before.reason}; nor do {tried} by other ways in or by two")


def together(witness: Witness, shown: tuple[Stimulus, ...], other: Witness) -> Iterator[Stimulus]:
    """Yield attacks that go by two ways into one entry point: each whole, then one cut in two."""
    mine, further = witness.entry, other.entry
    if (mine.path, mine.qualname) != (further.path, further.qualname):
        return
    for one in shown[:_FIRST]:
        for two in other.attacks[:_FIRST]:
            if _plain(one) and _plain(two) and one.inputs[0].key != two.inputs[0].key:
                inputs = (*one.inputs, *two.inputs)
                yield Stimulus(name=f"{one.name}-and-{two.name}", inputs=inputs)
    for one in shown[:_FIRST]:
        if not _plain(one) or not other.attacks or not _plain(other.attacks[0]):
            continue
        whole, second = one.inputs[0], other.attacks[0].inputs[0]
        if whole.key == second.key:
            continue
        for at in _cuts(whole.text):
            head, tail = whole.text[:at], whole.text[at:]
            for order, texts in (("first", (head, tail)), ("last", (tail, head))):
                parts = _with(whole, texts[0]), _with(second, texts[1])
                yield Stimulus(name=f"{one.name}-cut-at-{at}-{order}", inputs=parts)


def _plain(stimulus: Stimulus) -> bool:
    """Tell whether an attack is one text, which needs no file and can be put beside another."""
    return len(stimulus.inputs) == 1 and not stimulus.files and stimulus.inputs[0].packing is None


def _with(one: Input, text: str) -> Input:
    return replace(one, text=text)


def _cuts(text: str) -> tuple[int, ...]:
    """Return where a text is cut: behind its first sign, and before its canary."""
    canary = text.find("{canary}")
    places = {1, canary} if canary > 0 else {1}
    return tuple(sorted(at for at in places if 0 < at < len(text) and text[0] != "{"))
