"""The code of a view is found below decorators, and in the class that answers for it."""

from collections.abc import Callable

from countermine.prove.harness import loading


def named(view: object) -> list[str]:
    return [code.co_name for code in loading.codes(view)]


def swallowing(function: Callable[[object], object]) -> Callable[[object], object | None]:
    def wrapper(request: object) -> object | None:
        try:
            return function(request)
        except LookupError:
            return None

    return wrapper


def read(request: object) -> object:
    return request


class View:
    def post(self, request: object) -> object:
        return read(request)

    def helper(self) -> None:
        pass


def test_a_plain_decorator_keeps_the_function_in_its_closure() -> None:
    assert named(swallowing(read)) == ["wrapper", "read"]


def test_the_class_of_a_view_answers_by_its_methods() -> None:
    def made(request: object) -> object:
        return request

    made.cls = View  # type: ignore[attr-defined]  # as REST framework does
    assert named(swallowing(made)) == ["wrapper", "made", "post"]
    assert "request" in loading.codes(made).__next__().co_varnames
