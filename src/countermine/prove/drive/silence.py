"""When nothing was shown: whether that may be said at all."""

from countermine.core.witnesses import Absent, Effect, Event, Observation, Shown, Unclear, Witness


def judged(shown: str | None, seen: Observation, benign: Observation) -> Effect:
    """Return what an observation shows.

    Args:
        shown: Evidence of the effect, ``None`` when there is none.
        seen: What the stimulus led to.
        benign: What the benign probe led to, on the same tree.
    """
    if shown is not None:
        return Shown(evidence=shown)
    for one in (benign, seen):
        doubt = _doubt(one)
        if doubt is not None:
            return Unclear(reason=doubt)
    return Absent()


def _doubt(seen: Observation) -> str | None:
    if not (seen.probes_held and seen.closed):
        return f"the observer was cut off in {seen.stimulus!r}: {seen.error or 'no probe events'}"
    if not seen.reached:
        return f"{seen.stimulus!r} did not reach the entry point: {seen.error or 'no reason'}"
    return None


def at_sink(witness: Witness, event: Event) -> bool:
    """Tell whether an event happened in the function that holds the sink.

    Before Python 3.11 only the function's own name is seen, not those around it.
    """
    function = event.get("function")
    if function is None or witness.sink_function is None:
        return False
    same_file = witness.sink_path is None or event.get("file") == witness.sink_path
    return same_file and function.rsplit(".", 1)[-1] == witness.sink_function.rsplit(".", 1)[-1]


def place(event: Event) -> str:
    """Return where an event happened, for evidence."""
    file, line = event.get("file"), event.get("line")
    if file is None:
        return "seen from outside the process" if event.outside else "in code of a library"
    return f"at {file}:{line} in {event.get('function')}"


def texts_back(seen: Observation) -> list[Event]:
    """Return the responses and the texts that came back."""
    return [event for event in seen.events if event.name in {"response", "returned"}]
