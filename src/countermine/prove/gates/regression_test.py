"""Gate 10: a test in the target's own style fails without the fix and passes with it."""

from collections.abc import Iterator
from itertools import islice

from countermine.core.patches import Patch
from countermine.prove.evidence import evidence
from countermine.prove.regression.calls import FunctionCall
from countermine.prove.regression.candidates import candidates, folder_for, probes_of
from countermine.prove.regression.described import DescribedEntry
from countermine.prove.regression.entry import ASKED, describe
from countermine.prove.regression.place import path_of_test
from countermine.prove.regression.read_entry import read_entry
from countermine.prove.regression.render import TestText
from countermine.prove.regression.trying import FixedRun, tried
from countermine.prove.steps import Passed, Step, Unsettled
from countermine.prove.trial import Trial


def regression_test(trial: Trial, along: FixedRun | None = None) -> tuple[Step, Patch | None]:
    """Write a test, and show that it fails without the fix and passes with it.

    A case without such a test is not proven: the fix could be lost again unseen. See
    docs/decisions/0010-no-proof-without-a-regression-test.md.

    Args:
        trial: The patch on trial.
        along: What gate 8 saw of the likeliest test.
    """
    if trial.claim.weakness.regression is None:
        reason = f"no regression test can be written for {trial.claim.weakness.facts.id} yet"
        return Unsettled(reason=reason), None
    probes = probes_of(trial)
    path = path_of_test(trial.claim.finding, folder_for(trial), trial.original)
    reason = "no regression test could be written that fails without the fix and passes with it"
    problems: dict[TestText, str] = {}
    for described in _descriptions(trial):
        if isinstance(described, str):
            reason = f"no regression test could be written: {described}"
            break
        fresh = (one for one in candidates(trial, described, probes) if one not in problems)
        some = tuple(islice(fresh, trial.setting.options.regression_candidates))
        for text, test in tried(trial, path, some, along):
            if isinstance(test, Patch):
                return _passed(test), test
            problems[text] = test
    told = "\n".join(f"{text.name}: {why}" for text, why in problems.items())
    return Unsettled(reason=reason, evidence=(evidence("candidates", told),) if told else ()), None


def _descriptions(trial: Trial) -> Iterator[DescribedEntry | str]:
    """Yield how the entry point is called: as its source reads, then as its interpreter says.

    A wrong reading does no harm, since the test is run; a right one saves loading the target.
    """
    witness, tree = trial.claim.witness, trial.original
    read = read_entry(witness.entry, tree, trial.environment)
    if read is not None:
        yield read
    elif witness.driver is not None:
        # Its lines say how the entry point is called, though it may have no name.
        yield FunctionCall(kind="function")
    if read is None or witness.entry.kind in ASKED:
        yield describe(trial.setting, trial.environment, witness, tree)


def _passed(patch: Patch) -> Passed:
    new = patch.new_files[0]
    return Passed(
        reason=f"{new.path} fails without the fix and passes with it",
        evidence=(evidence(new.path, new.text),),
    )
