"""What may leave the machine: by address, by the user's word, and on record."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from countermine.core.errors import CountermineError, EnvironmentLacksError
from countermine.core.models import CallOutcome, ModelTask
from countermine.models.egress import EgressLog, Logged, read_log
from countermine.models.hidden import hide_nothing
from countermine.models.locality import host_of, is_local, is_loopback
from countermine.models.options import Privacy, ProviderKind, RosterEntry
from countermine.models.preview import PreviewGate
from countermine.models.privacy import PrivacyGate
from countermine.models.request import Request, request_of
from countermine.models.transport import Fault
from countermine.ports.model import Material, Question
from countermine.testing.clocks import StillClock
from countermine.testing.models import ScriptedTransport, said


def entry(url: str | None, kind: ProviderKind = ProviderKind.OPENAI_COMPATIBLE) -> RosterEntry:
    return RosterEntry(provider=kind, model="m", url=url)


def request(text: str = "x = 1", case: str | None = "sql-injection-1") -> Request:
    question: Question[Sequence[str]] = Question(
        task=ModelTask.PATCH,
        case=case,
        instruction="Fix it.",
        material=(Material(title="file", text=text, path="app.py"),),
        answer=tuple[str, ...],
    )
    return request_of(question, hide_nothing(question.material))


def nowhere(name: str) -> tuple[str, ...]:
    raise AssertionError(name)


LOCAL = [
    "http://127.0.0.1:8080/v1",
    "http://127.8.9.10/v1",
    "https://127.0.0.1",
    "http://[::1]:8080/v1",
    "http://[0:0:0:0:0:0:0:1]/",
    "HTTP://127.0.0.1:1/",
]
ELSEWHERE = [
    "https://api.openai.com/v1",
    "http://127.0.0.1@evil.example/v1",
    "http://127.0.0.1:80@evil.example/",
    "http://localhost:x@evil.example/",
    "http://evil.example#@127.0.0.1/",
    "http://evil.example/?u=http://127.0.0.1",
    "http://evil.example\\@127.0.0.1/",
    "http://127.0.0.1\\.evil.example/",
    "http://127.0.0.1.evil.example/",
    "http://127.0.0.1.nip.io/",
    "http://localhost.evil.example/",
    "http://localhost./",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.0.1%2eevil.example/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::1%25eth0]/",
    "http://[fe80::1]/",
    "http://10.0.0.1/",
    "http://169.254.169.254/",
    "http://\u2460\u2461\u2466.0.0.1/",
    "http://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54/",
    "http://127.0.0.1\n.evil.example/",
    " http://127.0.0.1/",
    "http:\t//127.0.0.1/",
    "http:///127.0.0.1/",
    "//127.0.0.1/",
    "127.0.0.1:8080",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "unix:/run/model.sock",
    "http://[::1].evil.example/",
    "http://[::1",
    "",
]


@pytest.mark.parametrize("url", LOCAL)
def test_an_address_of_the_loopback_is_here(url: str) -> None:
    assert is_loopback(url, nowhere)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nothing_that_only_looks_like_the_loopback_is_here(url: str) -> None:
    assert not is_loopback(url, nowhere)


@pytest.mark.parametrize(
    ("addresses", "here"),
    [
        (("127.0.0.1",), True),
        (("127.0.0.1", "::1"), True),
        (("127.0.0.1", "192.0.2.7"), False),
        (("192.0.2.7",), False),
        ((), False),
    ],
)
def test_localhost_counts_by_what_it_resolves_to(addresses: tuple[str, ...], *, here: bool) -> None:
    assert is_loopback("http://localhost:8080/v1", lambda _: addresses) is here


@pytest.mark.parametrize("kind", list(ProviderKind))
def test_a_provider_without_a_url_is_not_here(kind: ProviderKind) -> None:
    assert not is_local(entry(None, kind), nowhere)


@pytest.mark.parametrize("kind", [ProviderKind.GOOGLE, ProviderKind.BEDROCK, ProviderKind.MISTRAL])
def test_a_url_makes_no_hosted_provider_local(kind: ProviderKind) -> None:
    assert not is_local(entry("http://127.0.0.1:1/", kind), nowhere)


def test_local_only_refuses_whatever_is_not_here() -> None:
    gate = PrivacyGate(privacy=Privacy.LOCAL_ONLY, resolve=nowhere)
    assert gate.refuses("here", entry("http://127.0.0.1:8080/v1"), request()) is None
    refused = gate.refuses("far", entry("https://api.example/v1"), request())
    assert refused is not None
    assert refused[0] is CallOutcome.FORBIDDEN
    assert "far" in refused[1]
    assert "local-only" in refused[1]


def test_redacted_lets_questions_go_anywhere() -> None:
    gate = PrivacyGate(privacy=Privacy.REDACTED, resolve=nowhere)
    assert gate.refuses("far", entry("https://api.example/v1"), request()) is None


class Person:
    """Somebody at a terminal who types what a test says."""

    def __init__(self, *typed: str) -> None:
        self.shown: list[str] = []
        self._typed = iter(typed)

    def show(self, text: str) -> None:
        self.shown.append(text)

    def answer(self, prompt: str) -> str:
        self.shown.append(prompt)
        return next(self._typed)


def preview(person: Person) -> PreviewGate:
    return PreviewGate(show=person.show, answer=person.answer)


FAR = entry("https://api.example/v1")


def test_a_preview_shows_every_byte_and_where_it_goes() -> None:
    person = Person("y")
    asked = request("x = '\u202e'\n" * 2_000)
    assert preview(person).refuses("far", FAR, asked) is None
    assert asked.text in person.shown
    told = person.shown[0]
    for word in ("far", "api.example", "patch", asked.digest, str(len(asked.text.encode()))):
        assert word in told


@pytest.mark.parametrize("typed", ["", "n", "no", "N", "q", "yep", "y es", "\x1b[A"])
def test_what_is_no_yes_sends_nothing(typed: str) -> None:
    refused = preview(Person(typed)).refuses("far", FAR, request())
    assert refused is not None
    assert refused[0] is CallOutcome.WITHHELD


def test_without_a_terminal_nothing_is_sent() -> None:
    person = Person()
    refused = PreviewGate(show=person.show, answer=None).refuses("far", FAR, request())
    assert refused is not None
    assert refused[0] is CallOutcome.WITHHELD
    assert person.shown


def test_a_yes_holds_for_the_same_question_to_the_same_model_alone() -> None:
    person = Person("y", "n", "n")
    gate = preview(person)
    assert gate.refuses("far", FAR, request()) is None
    assert gate.refuses("far", FAR, request()) is None
    assert gate.refuses("other", FAR, request()) is not None
    assert gate.refuses("far", FAR, request("y = 2")) is not None


def test_after_all_questions_are_shown_and_sent() -> None:
    person = Person("all")
    gate = preview(person)
    asked = [request(f"x = {n}") for n in range(3)]
    assert [gate.refuses("far", FAR, one) for one in asked] == [None, None, None]
    assert all(one.text in person.shown for one in asked)


def test_two_threads_are_asked_one_after_the_other() -> None:
    person = Person("y", "y")
    gate = preview(person)
    threads = [
        threading.Thread(target=gate.refuses, args=("far", FAR, request(f"x = {n}")))
        for n in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [text[:3] for text in person.shown] == ["===", person.shown[1][:3], "===", "sen"] * 2


def test_the_log_tells_what_left_without_its_contents(tmp_path: Path) -> None:
    path = tmp_path / "egress.jsonl"
    asked = request("password_file = open('canary-content')")
    answer = said('{"edits": ["canary-answer"]}', serving="m-2026")
    logged = Logged(inner=ScriptedTransport([answer]), log=EgressLog(path, StillClock()))
    assert logged.send("far", FAR, asked) == answer
    before, after = read_log(path)
    assert before["what"] == "sending"
    assert before["request_sha256"] == after["request_sha256"] == asked.digest
    assert before["request_bytes"] == len(asked.text.encode())
    assert (before["host"], before["case"], before["task"]) == (
        "api.example", "sql-injection-1", "patch",
    )  # fmt: skip
    assert before["local"] is False
    assert (after["outcome"], after["serving"]) == ("said", "m-2026")
    assert "canary" not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_being_sent_is_on_record_before_it_leaves(tmp_path: Path) -> None:
    path = tmp_path / "egress.jsonl"
    seen: list[int] = []

    def look(_heard: object) -> Fault:
        seen.append(len(read_log(path)))
        return Fault(outcome=CallOutcome.TIMED_OUT, reason="slow")

    logged = Logged(inner=ScriptedTransport(look), log=EgressLog(path, StillClock()))
    logged.send("far", FAR, request())
    assert seen == [1]
    assert read_log(path)[1]["outcome"] == "timed-out"


def test_nothing_is_sent_that_cannot_be_put_on_record(tmp_path: Path) -> None:
    inner = ScriptedTransport([said("{}")])
    logged = Logged(inner=inner, log=EgressLog(tmp_path / "none" / "egress.jsonl", StillClock()))
    with pytest.raises(EnvironmentLacksError):
        logged.send("far", FAR, request())
    assert inner.heard == []


def test_a_log_is_only_added_to_and_follows_no_link(tmp_path: Path) -> None:
    path = tmp_path / "egress.jsonl"
    EgressLog(path, StillClock()).write({"what": "one"})
    EgressLog(path, StillClock()).write({"what": "two"})
    assert [line["what"] for line in read_log(path)] == ["one", "two"]
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EnvironmentLacksError):
        EgressLog(tmp_path / "link", StillClock()).write({"what": "three"})


def test_a_log_that_was_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "egress.jsonl"
    assert read_log(path) == []
    path.write_text(json.dumps({"what": "one"}) + "\n" + '{"what": "tw')
    assert read_log(path) == [{"what": "one"}]
    path.write_text("nonsense\n")
    with pytest.raises(CountermineError, match="line 1"):
        read_log(path)


def test_where_an_entry_is_can_always_be_said() -> None:
    assert host_of(entry("http://[::1")) == "openai-compatible"
    assert host_of(entry(None, ProviderKind.ANTHROPIC)) == "anthropic"
