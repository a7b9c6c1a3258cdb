"""Starts inside the sandbox: takes a job, runs its stimuli, answers with signed lines.

Run as ``python -I -S -B main.py`` so that nothing but the interpreter is loaded when the
observer is installed; the packages of the environment come after it.
"""

from __future__ import annotations

import os
import site
import sys
import types

OWN_ROOT = __file__.rsplit("/countermine/", 1)[0]
sys.path.insert(0, OWN_ROOT)

from countermine.prove.harness import (  # noqa: E402 - found only after the line above
    bytecode,
    channel,
    child,
    comparisons,
    copies,
    guard,
    jobs,
    loader,
    nearby,
    network,
    preload,
    scratch,
    sinks_calls,
    sinks_cookies,
    sinks_databases,
    sinks_directories,
    sinks_documents,
    sinks_languages,
    sinks_logs,
    sinks_regexes,
    sinks_stand_ins,
    sinks_unpacking,
    sinks_xpaths,
    stimuli,
    streams,
    tree,
    wrapping,
)
from countermine.prove.harness.observer import Observer  # noqa: E402 - likewise

MEDDLING = frozenset({"gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys.addaudithook"})
"""Ways to the observer that are told of: who takes one by itself may have silenced it after."""
ENDINGS = {"time": "it took longer than it may", "output": "it told more than can be kept"}


def main() -> None:
    """Do what standard input asks for."""
    job = jobs.parsed(jobs.exactly(0, int(jobs.exactly(0, jobs.LENGTH))))
    driver = child.driver_of(job)
    os.dup2(0, streams.KEY_FD, inheritable=False)
    os.dup2(1, streams.RESULT_FD, inheritable=False)
    nothing = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1):
        os.dup2(nothing, fd)
    kernel = guard.made()
    _forget_ourselves()
    observer = Observer(job.root)
    observer.install()
    known = (
        sinks_calls,
        sinks_cookies,
        sinks_databases,
        sinks_directories,
        sinks_documents,
        sinks_languages,
        sinks_stand_ins,
    )
    watched = [one.WATCHED for one in known]
    wrapping.watch({name: apply for known in watched for name, apply in known.items()}, observer)
    comparisons.watch(job.compares_in, observer)
    sinks_logs.watch(observer, wanted=job.logs)
    sinks_regexes.watch(job.root, observer, wanted=job.regexes)
    sinks_unpacking.watch(observer, wanted=job.unpacking)
    sinks_xpaths.watch(job.root, observer, wanted=job.xpaths)
    network.watch(observer, wanted=job.network)
    site.main()
    around = nearby.files(job.root, job.entry.file)
    preload.preload(job.entry, around)
    if not _loads_once(job):
        bytecode.compile_all(around)
    keeper = tree.Keeper(job.root, job.pristine)
    run = child.Run(job, driver, observer, kernel)
    kernel.shut()
    has_times = scratch.keeps_access_times(job.scratch)
    # The process that loads the target is made before the key is known here.
    source = copies.Source(run, keeper) if _loads_once(job) else None
    key = jobs.exactly(streams.KEY_FD, jobs.KEY_BYTES)
    os.close(streams.KEY_FD)
    _answer(key, jobs.READY)
    process = source.loader() if source is not None else None
    runner = stimuli.Runner(run, key, keeper, process, has_times=has_times)
    # Controls go first: the folders that the target turned out to need are there for all after.
    for one in sorted(job.stimuli, key=lambda stimulus: stimulus.is_attack):
        _answer(key, _account(one.name, runner.run(one), job.canary))


def _loads_once(job: jobs.Job) -> bool:
    read = job.script is None and job.driver is None
    apart = read and job.entry.kind in loader.APART
    # What a stimulus puts where programs look by habit may change how the target loads.
    habits = tuple(f"{folder}/" for folder in scratch.OWN)
    names = [name for stimulus in job.stimuli for name, _ in stimulus.files]
    return job.load_once and apart and not any(name.startswith(habits) for name in names)


def _forget_ourselves() -> None:
    """Leave no trace of the harness where the target imports from."""
    sys.path.remove(OWN_ROOT)
    for name in [name for name in sys.modules if name.split(".")[0] == "countermine"]:
        del sys.modules[name]
    # What is started as a program is found under this name, and with it all that it imports.
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.dont_write_bytecode = True


def _answer(key: bytes, answer: object) -> None:
    data = jobs.line(key, answer)
    while data:
        data = data[os.write(streams.RESULT_FD, data) :]


def _account(name: str, gathered: stimuli.Gathered, canary: str) -> dict[str, object]:
    account, ending = gathered.attempt
    words = [child.word(gathered.key, moment) for moment in ("before", "after")]
    kept = [
        _with_sample(record, gathered.sample)
        for record in account.records
        if not _is_probe(record, canary)
    ]
    return {
        "stimulus": name,
        "records": [[record.name, record.detail] for record in kept],
        "outside": [[record.name, record.detail] for record in gathered.outside],
        "closed": account.closed,
        "probes": _probes_held(account.records, words, canary),
        "ending": ENDINGS.get(ending, ending),
        "garbage": account.garbage,
    }


def _with_sample(record: channel.Record, sample: str | None) -> channel.Record:
    """Name in the result the file of the target that was used: another one is another result."""
    if sample is None or record.name != "reached":
        return record
    result = f"with {sample}\n{record.detail.get('result', '')}"
    return channel.Record(record.name, {**record.detail, "result": result})


def _is_probe(record: channel.Record, canary: str) -> bool:
    return record.name == "countermine.probe" or record.detail.get("path", "").startswith(
        f"/countermine-probe/{canary}/"
    )


def _probes_held(records: tuple[channel.Record, ...], words: list[str], canary: str) -> bool:
    """Tell whether both kinds of probe were seen first and last, and nothing was displaced."""
    said = [record.detail.get("word") for record in records if record.name == "countermine.probe"]
    opened = [
        record.detail["path"].rsplit("/", 1)[-1]
        for record in records
        if record.name == "open" and _is_probe(record, canary)
    ]
    displaced = any(
        record.name == "displaced" or (record.name in MEDDLING and "direct" in record.detail)
        for record in records
    )
    return said == words and opened == words and not displaced


if __name__ == "__main__":
    main()
