"""Answers of models are read tolerantly and checked strictly."""

import json
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.core.models import ModelTask
from countermine.models.parsing import MAX_ANSWER_CHARACTERS, Parsed, Unusable, parse
from countermine.ports.model import Question


class Mood(StrEnum):
    """One of two words."""

    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the answer."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The answer."""

    mood: Mood
    number: int
    parts: tuple[Part, ...]


QUESTION = Question(task=ModelTask.PATCH, instruction="Answer.", material=(), answer=Whole)
ANSWER = {"mood": "good", "number": 3, "parts": [{"name": "a", "lines": ["x = {1}\n", "`y`"]}]}
PARSED = Whole(mood=Mood.GOOD, number=3, parts=(Part(name="a", lines=("x = {1}\n", "`y`")),))
PLAIN = json.dumps(ANSWER)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"\n  {json.dumps(ANSWER, indent=2)}\n",
        f"```json\n{PLAIN}\n```",
        f"Sure! Here it is:\n\n```\n{PLAIN}\n```\nI hope that {{helps}}.",
        f"Here it is: {PLAIN} Anything else?",
        PLAIN.removesuffix("}"),
        PLAIN.replace('"mood"', "mood"),
        PLAIN.replace('"', "'").replace("`y`", "`y`"),
        json.dumps(ANSWER | {"verdict": "proven", "command": "rm"}),
    ],
    ids=[
        "plain",
        "indented",
        "fence",
        "fence-and-prose",
        "prose",
        "unclosed",
        "bare-key",
        "single-quotes",
        "more-fields",
    ],
)
def test_an_answer_is_found_in_what_surrounds_it(text: str) -> None:
    assert parse(text, QUESTION) == Parsed(answer=PARSED)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "the answer is empty"),
        ("I cannot help with that.", "the answer holds no JSON object"),
        ("[1, 2]", "the answer holds no JSON object"),
        (PLAIN.replace("good", "fine"), "mood"),
        (PLAIN.replace("3", '"3"'), "number"),
        (PLAIN.replace("3", "true"), "number"),
        ('{"mood": "good"}', "number"),
        ("{" * 50_000, "the answer holds no JSON object"),
        ('{"a": ' * 500 + "1" + "}" * 500, "the answer holds no JSON object"),
        ("x" * (MAX_ANSWER_CHARACTERS + 1), "longer"),
    ],
)
def test_what_is_no_answer_is_told_in_one_sentence(text: str, wrong: str) -> None:
    parsed = parse(text, QUESTION)
    assert isinstance(parsed, Unusable)
    assert wrong in parsed.wrong


@given(st.text(max_size=300) | st.text(alphabet='{}[]",:abc123\n`', max_size=300))
def test_no_text_makes_the_parser_raise(text: str) -> None:
    assert isinstance(parse(text, QUESTION), Parsed | Unusable)


@given(
    st.builds(
        Whole,
        mood=st.sampled_from(Mood),
        number=st.integers(-(10**9), 10**9),
        parts=st.lists(
            st.builds(Part, name=st.text(), lines=st.lists(st.text(), max_size=3).map(tuple)),
            max_size=3,
        ).map(tuple),
    )
)
def test_what_is_written_as_json_is_read_as_it_was(whole: Whole) -> None:
    parts = [{"name": part.name, "lines": list(part.lines)} for part in whole.parts]
    written = json.dumps({"mood": whole.mood, "number": whole.number, "parts": parts})
    assert parse(written, QUESTION) == Parsed(answer=whole)
