"""A database of documents whose server is not there takes every query and finds nothing."""

import asyncio
import json
import re
from collections import OrderedDict

import pytest

from countermine.prove.harness.absent_documents import Found, FoundLater
from countermine.prove.harness.drivers_flask import json_body
from countermine.prove.harness.inputs import Scene, value
from countermine.prove.harness.sinks_documents import plain


def test_nothing_is_found_however_it_is_asked_for() -> None:
    found = Found().sort("day", -1).limit(3)
    assert list(found) == []
    assert found[:3].to_list() == []
    assert found.count() == 0
    with pytest.raises(IndexError), found:
        found[0]
    with pytest.raises(StopIteration):
        next(found)


def test_nothing_is_found_by_code_that_waits_for_it() -> None:
    async def asked() -> list[object]:
        found = FoundLater().sort("day")
        async with found:
            return [one async for one in found] + await found.to_list(5)

    assert asyncio.run(asked()) == []


def test_mappings_stay_and_other_things_are_texts() -> None:
    filter_ = OrderedDict(name=re.compile("a"), tags=("x", 1, None), on={"$ne": b"y"})
    assert plain(filter_) == {
        "name": "Pattern",
        "tags": ["x", 1, None],
        "on": {"$ne": "y"},
    }
    deep: dict[str, object] = {}
    deep["in"] = deep
    assert len(json.dumps(plain(deep))) < 1000


def test_a_value_keeps_its_structure_in_a_document_of_json() -> None:
    item = {"channel": "json", "key": "name", "file_name": None, "text": '{"$ne": "{canary}"}'}
    values = tuple(value({**item, "encoding": one}, "word", "") for one in ("json", "plain"))
    bodies = [
        json.loads(json_body(Scene((one,), "", "word", is_attack=True), {})) for one in values
    ]
    assert bodies == [{"name": {"$ne": "word"}}, {"name": '{"$ne": "word"}'}]
