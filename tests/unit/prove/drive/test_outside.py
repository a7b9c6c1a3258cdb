"""What the kernel saw, beside what the observer told."""

from countermine.core.witnesses import CANARY, Event, Observation
from countermine.ports.sandbox import Seen
from countermine.prove.drive.outside import by_stimulus, hidden, joined

WORD = "cmabcdefghij"
PROBES = (
    Seen(name="open", words=(f"/countermine-probe/{WORD}/before",)),
    Seen(name="open", words=(f"/countermine-probe/{WORD}/after",)),
)


def observed(*events: Event) -> Observation:
    return Observation(
        stimulus="attack", events=events, probes_held=True, closed=True, reached=True
    )


def told(name: str, **detail: str) -> Event:
    return Event(sequence=0, name=name, detail=tuple(sorted(detail.items())))


def mark(word: str) -> Seen:
    return Seen(name="mark", words=(word,))


def test_the_last_try_of_a_stimulus_counts() -> None:
    first, second, beside = (Seen(name="open", words=(word,)) for word in "abc")
    seen = (
        mark("listener"),
        *(mark("begin attack"), first, mark("end")),
        beside,
        *(mark("begin attack"), second, mark("end")),
        *(mark("begin cut"), first),
    )
    assert by_stimulus(seen) == {"attack": (second,)}


def test_an_effect_that_the_observer_tells_of_is_not_hidden() -> None:
    call = Seen(name="command", words=("/bin/sh", "sh", "-c", f"true {WORD}"))
    seen = joined(observed(told("command", argv=CANARY)), (*PROBES, call), WORD)
    assert seen.probes_held
    assert [event.name for event in seen.events] == ["command", "outside-command"]
    assert hidden(seen) is None


def test_an_effect_that_only_the_kernel_saw_is_hidden() -> None:
    for call, reason in (
        (Seen(name="command", words=("/bin/true", WORD)), "a program was seen from outside only"),
        (Seen(name="open", words=(f"/etc/{WORD}",)), "a file was touched"),
        (Seen(name="change", words=("/a", f"/b/{WORD}")), "a file was touched"),
        (Seen(name="connect", words=("192.0.2.1:80",)), "a connection to 192.0.2.1:80"),
        (Seen(name="look", words=(f"/countermine-mark/{WORD}",)), "code of the value"),
    ):
        # What came back is no word of an effect, though the canary stands in it.
        seen = joined(observed(told("returned", text=CANARY)), (*PROBES, call), WORD)
        assert (hidden(seen) or "").startswith(reason), call


def test_what_does_not_bear_the_canary_says_nothing() -> None:
    calls = (
        Seen(name="open", words=("/usr/lib/python3/os.py",)),
        Seen(name="connect", words=("127.0.0.1:5432",)),
        Seen(name="look", words=(f"/srv/{WORD}",)),
    )
    assert hidden(joined(observed(), (*PROBES, *calls), WORD)) is None


def test_without_the_probes_it_was_somebody_else() -> None:
    assert not joined(observed(), PROBES[:1], WORD).probes_held
    assert not joined(observed(), (*PROBES, Seen(name="cut", words=())), WORD).probes_held
    assert joined(observed(), PROBES, WORD).probes_held
