"""Candidates for a regression test: every probe of the weakness with every way of calling."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import assert_never

from countermine.core.entrypoints import Channel
from countermine.core.environment import TestRunner
from countermine.core.regressions import RegressionProbe
from countermine.core.witnesses import Witness
from countermine.prove.drive.payloads import PROBE
from countermine.prove.module_names import module_name
from countermine.prove.regression.asgi_calls import AsgiRoute, asgi_call
from countermine.prove.regression.calls import (
    BENIGN,
    Call,
    FlaskRoute,
    FunctionCall,
    function_call,
    with_choices,
)
from countermine.prove.regression.described import DescribedEntry
from countermine.prove.regression.django_calls import DjangoView, django_call
from countermine.prove.regression.donors import donor_call
from countermine.prove.regression.driven import driven_call
from countermine.prove.regression.flask_calls import flask_call
from countermine.prove.regression.place import client_fixture, folder_of_tests, style
from countermine.prove.regression.probes import attacks_as_payloads, likeliest_first, literal
from countermine.prove.regression.program_calls import Program, program_call
from countermine.prove.regression.read_entry import read_beside
from countermine.prove.regression.render import TestText
from countermine.prove.trial import Trial

MAX_PAYLOADS = 3
"""Payloads in a delivered test: a maintainer reads them all."""


def probes_of(trial: Trial) -> tuple[RegressionProbe, ...]:
    """Return the probes of the weakness, of the attacks that gate 1 saw show the flaw first."""
    maker, witness = trial.claim.weakness.regression, trial.claim.witness
    if maker is None:
        return ()
    seen = _shown(trial)
    attacks = tuple(sorted(witness.attacks, key=lambda one: one.name not in seen))
    return maker(trial.claim.finding, replace(witness, attacks=attacks))


def _shown(trial: Trial) -> set[str]:
    return {one.name for one in trial.witnessed.attacks if one.effect == "shown"}


def _worked(trial: Trial) -> set[str]:
    """Return the payloads that are attacks of the witness which gate 1 saw show the flaw."""
    seen, witness = _shown(trial), trial.claim.witness
    shown = tuple(one for one in witness.attacks if one.name in seen)
    if not shown:
        return set()
    return {literal(text) for text in attacks_as_payloads(replace(witness, attacks=shown))}


def final_form(text: TestText) -> TestText:
    """Return the candidate as it is delivered if its first payloads all show the flaw."""
    most = min(text.likely or MAX_PAYLOADS, MAX_PAYLOADS)
    return replace(text, payloads=text.payloads[:most])


def candidates(
    trial: Trial, described: DescribedEntry, probes: tuple[RegressionProbe, ...]
) -> Iterator[TestText]:
    """Yield what a test may say, the plainest first."""
    facts, finding = trial.claim.weakness.facts, trial.claim.finding
    place = f"``{finding.function}``" if finding.function != "<module>" else "the module"
    title = f"Guards {place} in {finding.location.path} against {facts.title} (CWE-{facts.cwe})."
    worked = _worked(trial)
    shown = [one.name for one in trial.witnessed.attacks if one.effect == "shown"]
    flawed = module_name(finding.location.path, trial.environment)
    for probe in _at(likeliest_first(probes, shown), flawed):
        payloads = tuple(sorted(probe.payloads, key=lambda one: one not in worked))
        likely = len(worked.intersection(payloads))
        for call in _calls(trial, described, probe):
            if "database" in probe.never and not any("database" in one for one in call.setup):
                continue
            if "sent_to" in probe.never and call.sent_to is None:
                continue
            if probe.looks_at_headers and call.headed is None:
                continue
            yield TestText(title=title, call=call, probe=probe, payloads=payloads, likely=likely)


def _at(probes: Iterable[RegressionProbe], module: str | None) -> Iterator[RegressionProbe]:
    """Yield probes with the name of the module with the flaw, where they want one."""
    for probe in probes:
        if not any("MODULE" in one for one in probe.around):
            yield probe
        elif module is not None:
            named = tuple(one.replace("MODULE", module) for one in probe.around)
            yield replace(probe, around=named)


def folder_for(trial: Trial) -> PurePosixPath:
    """Return the folder that a test of the case goes to: beside the one whose set-up it uses."""
    if trial.witnessed.test is not None:
        return PurePosixPath(trial.witnessed.test.path).parent
    tests = trial.ground.tests
    return folder_of_tests(trial.environment, trial.original, trial.claim.finding, tests)


def _calls(trial: Trial, described: DescribedEntry, probe: RegressionProbe) -> Iterator[Call]:
    witness = trial.claim.witness
    entry, inputs = witness.entry, witness.controls[0].inputs
    module = module_name(entry.path, trial.environment)
    shaped = _as_file(witness, probe)
    calls: Iterable[Call | None]
    match _led(described, witness):
        case FunctionCall() as described:
            test, called = trial.witnessed.test, (module or "", entry.qualname, entry.key)
            # Of what only a model claims a test must tell without what a model wrote besides.
            driver = None if trial.claim.finding.is_hypothesis else witness.driver
            # A test names what it makes as its probe does, where that leads to the flaw, too.
            said = dict.fromkeys([driver.replace(PROBE, BENIGN), driver] if driver else [])
            driven = [driven_call(one, described, entry.qualname, shaped) for one in said]
            plain = [function_call(one, *called, shaped) for one in with_choices(described)]
            lent = test is not None and not (shaped.by_file or shaped.binary)
            by_test = donor_call(described, called, test, trial.original) if test and lent else None
            # A driver stands where the plain call did not get to the entry point.
            calls = driven if any(driven) else [by_test, *plain]
        case Program() as described:
            place = folder_for(trial)
            calls = [program_call(described, entry, inputs, shaped, module=module, folder=place)]
        case FlaskRoute() as described:
            others = (*read_beside(entry, trial.original), *inputs)
            calls = (
                flask_call(described, entry, others, probe, fixture=fixture)
                for fixture in _clients(trial)
                if fixture is not None or described.application
            )
        case AsgiRoute() as described:
            calls = (
                asgi_call(replace(described, keys=keys), entry, inputs, probe)
                for keys in dict.fromkeys([described.keys[:1], described.keys])
            )
        case DjangoView() as described:
            place = folder_for(trial)
            calls = (
                django_call(described, entry, inputs, probe, folder=place, fixture=fixture)
                for fixture in _databases(trial)
            )
        case _:
            assert_never(described)
    yield from (call for call in calls if call is not None)


def _led(described: DescribedEntry, witness: Witness) -> DescribedEntry:
    """Return how an entry point is called, by no method that does not get to the sink."""
    leading = witness.methods
    if isinstance(described, FlaskRoute):
        narrowed = tuple(one for one in described.methods if one in leading)
        return replace(described, methods=narrowed or described.methods)
    if isinstance(described, DjangoView) and leading:
        return replace(described, posted="GET" not in leading)
    return described


def _clients(trial: Trial) -> list[str | None]:
    """Return the fixture of the target's tests that gives a test client, then none."""
    if style(trial.environment, trial.ground.tests) is not TestRunner.PYTEST:
        return [None]
    return list(dict.fromkeys([client_fixture(folder_for(trial), trial.original), None]))


def _databases(trial: Trial) -> list[str | None]:
    """Return none, then the fixture without which pytest-django keeps tests from the database."""
    return (
        [None, "db"]
        if style(trial.environment, trial.ground.tests) is TestRunner.PYTEST
        else [None]
    )


def _as_file(witness: Witness, probe: RegressionProbe) -> RegressionProbe:
    """Return the probe with its value in a file, where the legitimate use has it there."""
    first = next(iter(witness.controls[0].inputs), None)
    if first is None or first.channel is not Channel.FILE_CONTENT:
        return probe
    return replace(probe, by_file=True, file_name=first.file_name or probe.file_name)
