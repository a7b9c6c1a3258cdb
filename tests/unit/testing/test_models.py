"""The scripted transport says its script, and remembers what it was sent."""

from concurrent.futures import ThreadPoolExecutor

from countermine.core.models import CallOutcome, ModelTask
from countermine.models.options import ProviderKind, RosterEntry
from countermine.models.request import Request
from countermine.models.transport import Fault
from countermine.testing.models import Heard, ScriptedTransport, said

ENTRY = RosterEntry(provider=ProviderKind.OPENAI, model="m")


def _request(user: str) -> Request:
    return Request(task=ModelTask.EXPLAIN, system="s", user=user, schema={}, answer_tokens=10)


def test_a_list_is_said_in_order_and_then_the_model_is_withdrawn() -> None:
    throttled = Fault(outcome=CallOutcome.THROTTLED, reason="later", wait_s=1.0)
    transport = ScriptedTransport([throttled, said("{}")])
    got = [transport.send("a", ENTRY, _request(str(at))) for at in range(3)]
    assert got[:2] == [throttled, said("{}")]
    assert isinstance(got[2], Fault)
    assert got[2].outcome is CallOutcome.WITHDRAWN
    assert [heard.request.user for heard in transport.heard] == ["0", "1", "2"]


def test_a_function_is_asked_for_each_request() -> None:
    def say(heard: Heard) -> Fault:
        return Fault(outcome=CallOutcome.REFUSED, reason=f"{heard.name}: {heard.request.user}")

    got = ScriptedTransport(say).send("first", ENTRY, _request("why?"))
    assert got == Fault(outcome=CallOutcome.REFUSED, reason="first: why?")


def test_each_line_of_a_script_is_said_once_to_many_threads() -> None:
    transport = ScriptedTransport([said(str(at)) for at in range(200)])
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda at: transport.send("a", ENTRY, _request(str(at))), range(200)))
    assert len(set(got)) == 200
    assert len(transport.heard) == 200
