"""A view made of a function is entered by that function's own arguments."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from countermine.prove.harness import drivers_django
from countermine.prove.harness.inputs import Scene, Value


def api_view(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a view the way REST framework does: a class around a function, and a view of it."""

    class Made:
        def dispatch(self, request: object, *args: object, **named: object) -> object:
            return self.post(request, *args, **named)

        def post(self, *args: object, **named: object) -> object:
            return function(*args, **named)

    @functools.wraps(Made.dispatch)
    def view(request: object, *args: object, **named: object) -> object:
        return Made().dispatch(request, *args, **named)

    view.cls = Made  # type: ignore[attr-defined]  # as the framework keeps it
    return view


def test_the_variables_of_a_route_are_the_functions_own() -> None:
    @api_view
    def configure(request: object, project: str, page: int) -> tuple[object, str, int]:
        return request, project, page

    value = Value(channel="path", key="project", text="x|y", data=b"x|y")
    named = drivers_django._route_arguments(configure, Scene((value,), "/base", "c", True), 1)  # noqa: FBT003
    assert named == {"project": "x|y", "page": 1}
    assert configure("asked", **named) == ("asked", "x|y", 1)


@pytest.mark.parametrize(
    ("name", "wants"), [("JSONDecodeError", True), ("ParseError", True), ("KeyError", False)]
)
def test_a_body_that_was_no_json_is_told_by_what_is_raised(name: str, *, wants: bool) -> None:
    problem = type(name, (Exception,), {})()
    assert drivers_django._wants_json(problem) is wants
