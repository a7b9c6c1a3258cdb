"""What a filter of a document database says."""

import pytest
from pydantic import JsonValue

from countermine.prove.drive.queries import operators, parsed, predicates, programs


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "ann"}, set()),
        ({"name": {"$ne": 1}}, {("name", "$ne")}),
        ({"name": {"$eq": {"$ne": 1}}}, {("name", "$eq")}),
        ({"name": {"$in": [{"$ne": 1}]}}, {("name", "$in")}),
        ({"name": [{"$ne": 1}]}, set()),
        ({"name": {"first": {"$ne": 1}}}, set()),
        ({"name": {"$not": {"$gt": ""}}}, {("name", "$not"), ("name", "$not", "$gt")}),
        ({"$or": [{"a": {"$gt": 1}}, {}]}, {("$or",), ("$or", "a", "$gt")}),
        ([{"$match": {"a": {"$ne": 1}}}], {("$match",), ("$match", "a", "$ne")}),
        (
            {"a": {"$elemMatch": {"b": {"$ne": 1}}}},
            {("a", "$elemMatch"), ("a", "$elemMatch", "b", "$ne")},
        ),
        ("text", set()),
    ],
)
def test_operators_are_told_from_what_is_compared_as_it_stands(
    query: JsonValue, found: set[tuple[str, ...]]
) -> None:
    assert operators(query) == found


def test_a_constant_is_a_constant_whatever_it_holds() -> None:
    one = programs({"$where": "this.age > 'x' // why"})
    assert one == programs({"$where": "this.age > 'y\\' || 1'"})
    assert one == (("this", ".", "age", ">", "constant"),)


def test_words_that_are_added_change_a_program() -> None:
    assert programs({"$where": "this.age > 1"}) != programs({"$where": "this.age > 1 || 1 == 1"})
    assert programs({"$expr": {"$function": {"body": "f(1)"}}}) == (("f", "(", "constant", ")"),)


def test_a_value_is_no_program() -> None:
    assert programs({"name": {"$eq": {"$where": "1"}}}) == ()


def test_what_was_cut_off_says_nothing() -> None:
    assert parsed('{"name": "an') is None


def test_a_comparison_that_is_gone_is_told() -> None:
    one: JsonValue = {"name": "cmprobe-word", "age": {"$gt": 3}, "$or": [{"old": True}]}
    assert predicates(one) == ("name $eq cmprobe-word", "age $gt ?", "$or.old $eq ?")
    assert predicates({"name": {"$eq": "cmprobe-word"}}) == predicates({"name": "cmprobe-word"})
    assert predicates({"name": "none"}) != predicates({"name": "cmprobe-word"})
