"""Starts inside the sandbox: takes a job, runs its stimuli, answers with signed lines.

Run as ``python -I -S -B main.py`` so that nothing but the interpreter is loaded when the
observer is installed; the packages of the environment come after it.
"""

from __future__ import annotations

import gc
import os
import site
import sys

OWN_ROOT = __file__.rsplit("/countermine/", 1)[0]
sys.path.insert(0, OWN_ROOT)

from countermine.prove.harness import (  # noqa: E402 - found only after the line above
    bytecode,
    channel,
    child,
    jobs,
    nearby,
    preload,
    sinks_calls,
    sinks_languages,
    stimuli,
    tree,
    wrapping,
)
from countermine.prove.harness.observer import Observer  # noqa: E402 - likewise

ENDINGS = {"time": "it took longer than it may", "output": "it told more than can be kept"}


def main() -> None:
    """Do what standard input asks for."""
    job = jobs.parsed(sys.stdin.buffer.read())
    os.dup2(1, stimuli.RESULT_FD, inheritable=False)
    nothing = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1):
        os.dup2(nothing, fd)
    _forget_ourselves()
    observer = Observer(job.root)
    observer.install()
    wrapping.watch({**sinks_calls.WATCHED, **sinks_languages.WATCHED}, observer)
    site.main()
    around = nearby.files(job.root, job.entry.file)
    preload.preload(job.entry, around)
    bytecode.compile_all(around)
    gc.collect()
    gc.freeze()
    _answer(job.key, jobs.READY)
    runner = stimuli.Runner(job, observer, tree.Keeper(job.root, job.pristine))
    # Controls go first: the folders that the target turned out to need are there for all after.
    for one in sorted(job.stimuli, key=lambda stimulus: stimulus.is_attack):
        _answer(job.key, _account(one.name, runner.run(one), job.canary))


def _forget_ourselves() -> None:
    """Leave no trace of the harness where the target imports from."""
    sys.path.remove(OWN_ROOT)
    for name in [name for name in sys.modules if name.split(".")[0] == "countermine"]:
        del sys.modules[name]
    sys.dont_write_bytecode = True


def _answer(key: bytes, answer: object) -> None:
    data = jobs.line(key, answer)
    while data:
        data = data[os.write(stimuli.RESULT_FD, data) :]


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
    displaced = any(record.name == "displaced" for record in records)
    return said == words and opened == words and not displaced


if __name__ == "__main__":
    main()
