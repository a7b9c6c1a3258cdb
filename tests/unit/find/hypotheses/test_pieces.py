"""Code is cut into whole functions that fit into a question, the likeliest first."""

from countermine.core.spans import tree_path
from countermine.find.hypotheses.pieces import cut
from countermine.find.hypotheses.ranking import Candidate
from tests.unit.find.hypotheses.conftest import SaysClaims, Write

FILES = {
    "plain.py": "def add(left, right):\n    return left + right\n",
    "jobs.py": "import quarrydb\n\ndef run(job):\n    return quarrydb.launch(job)\n",
    "web.py": (
        "import flask\n\napp = flask.Flask(__name__)\n\n"
        '@app.route("/")\ndef page():\n    return "hello"\n'
    ),
}


def test_routes_come_before_calls_of_unknown_libraries_and_plain_code_is_left(
    searched: Write,
) -> None:
    model = SaysClaims(())
    searched(FILES).hypotheses(model)

    assert [question.material[0].path for question in model.asked] == ["web.py", "jobs.py"]


def test_a_piece_shows_imports_and_whole_functions_with_their_decorators(searched: Write) -> None:
    model = SaysClaims(())
    searched(FILES).hypotheses(model)

    shown = model.asked[0].material[0].text
    assert shown == (
        "import flask\n\n--- function page, called by the framework\n"
        '@app.route("/")\ndef page():\n    return "hello"\n'
    )


def test_no_piece_is_longer_than_its_bound_and_what_does_not_fit_is_counted() -> None:
    path = tree_path("a.py")
    body = "".join(f"def f{n}():\n    return {'x' * n * 40!r}\n" for n in range(10))
    text = body.encode()
    places = [text.index(f"def f{n}()".encode()) for n in range(10)] + [len(text)]
    candidates = [
        Candidate(
            path=path,
            qualname=f"f{n}",
            start=places[n],
            end=places[n + 1],
            line=1,
            points=5,
            routed=False,
            method=False,
        )
        for n in range(10)
    ]
    plan = cut(candidates, {path: text}, piece_tokens=300, most=2)

    assert all(len(piece.text.encode()) <= 300 for piece in plan.pieces)
    assert len(plan.pieces) == 2
    asked = sum(len(piece.candidates) for piece in plan.pieces)
    assert asked + plan.too_long + plan.beyond == 10
    assert plan.too_long == 3


def test_short_helpers_of_a_file_are_shown_where_a_question_has_room(searched: Write) -> None:
    helper = "def _keyed(key):\n    return key.lower()\n"
    alone = {"plain.py": FILES["plain.py"], "jobs.py": FILES["jobs.py"] + f"\n{helper}"}
    model = SaysClaims(())
    searched(alone).hypotheses(model)

    assert [question.material[0].path for question in model.asked] == ["jobs.py"]
    assert "--- function _keyed\n" in model.asked[0].material[0].text


def test_a_helper_takes_no_room_from_what_is_worth_a_question() -> None:
    path = tree_path("a.py")
    body = "def worth():\n    return open('x')\n", "def _helper():\n    return 'yyyyyyyyyyyyyyyy'\n"
    text = "".join(body).encode()
    ends = [0, len(body[0]), len(text)]
    one, other = (
        Candidate(
            path=path,
            qualname=name,
            start=ends[at],
            end=ends[at + 1],
            line=1,
            points=points,
            routed=False,
            method=False,
        )
        for at, (name, points) in enumerate((("worth", 3), ("_helper", 0)))
    )
    plan = cut((other, one), {path: text}, piece_tokens=100)

    assert [[shown.qualname for shown in piece.candidates] for piece in plan.pieces] == [["worth"]]
    assert plan.too_long == plan.beyond == 0
