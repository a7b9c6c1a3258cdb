"""Models go at any moment, processes end at any moment: nothing is lost or paid twice."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from countermine.core.models import CallOutcome, Lack
from countermine.models.transport import Fault, Said
from countermine.ports.model import Answered
from countermine.testing.models import Heard, said
from tests.unit.models.asked import Bench, Word, question
from tests.unit.models.asked import settings as roster_of

QUESTIONS = 6
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


class Providers:
    """Two models, each of which is withdrawn for good after so many answers."""

    def __init__(self, first: int, second: int) -> None:
        self.left = {"first": first, "second": second}
        self.answered: list[tuple[str, str]] = []

    def __call__(self, heard: Heard) -> Said | Fault:
        if not self.left[heard.name]:
            return Fault(outcome=CallOutcome.WITHDRAWN, reason="410 Gone")
        self.left[heard.name] -= 1
        self.answered.append((heard.name, heard.request.digest))
        return said('{"word": "yes"}', serving=heard.name)


@settings(max_examples=100, deadline=None)
@given(
    first=st.integers(0, QUESTIONS),
    second=st.integers(0, QUESTIONS),
    ends=st.sets(st.integers(0, QUESTIONS - 1)),
)
def test_whenever_models_go_each_question_has_one_paid_answer_or_waits(
    first: int, second: int, ends: set[int]
) -> None:
    with TemporaryDirectory(dir=IN_MEMORY) as folder:
        providers = Providers(first, second)
        bench = Bench(
            folder=Path(folder), settings=roster_of(["first", "second"]), script=providers
        )
        roster = bench.roster
        asked = [question(case=f"case-{n}", text=f"x = {n}") for n in range(QUESTIONS)]
        for number, one in enumerate(asked):
            if number in ends:
                # Another process carries on, and asks from the beginning.
                roster = bench.another()
                for before in asked[:number]:
                    roster.ask(before)
            roster.ask(one)
        done = min(QUESTIONS, first + second)
        digests = [digest for _, digest in providers.answered]
        assert len(digests) == len(set(digests)) == done
        assert [name for name, _ in providers.answered] == (
            ["first"] * first + ["second"] * second
        )[:done]
        waiting = [one.case for one in bench.store.lacks()]
        assert waiting == [f"case-{n}" for n in range(done, QUESTIONS)]
        assert {one.lack for one in bench.store.lacks()} <= {Lack.GONE}

        # One is back: what waited is done, and nothing else is asked for.
        providers.left["second"] = QUESTIONS
        back = bench.another()
        replies = [back.ask(one) for one in asked]
        assert all(isinstance(reply, Answered) for reply in replies)
        assert {reply.answer for reply in replies if isinstance(reply, Answered)} == {
            Word(word="yes")
        }
        assert len(providers.answered) == QUESTIONS
        assert bench.store.lacks() == ()
