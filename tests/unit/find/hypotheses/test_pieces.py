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
