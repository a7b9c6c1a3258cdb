"""Wrappers for drivers of databases of documents: the filter of each query, and no server."""

# ruff: noqa: ANN401 - stands in for calls of any type

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping as AnyMapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from countermine.prove.harness.absent_documents import Found, FoundLater
from countermine.prove.harness.observer import Observer
from countermine.prove.harness.places import text
from countermine.prove.harness.wrapping import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from countermine.prove.harness.wrapping import Apply

    Answer = Callable[[tuple[Any, ...]], Any]

MAX_DEEP = 12
MAX_FILTER = 8000

QUERIES = {
    "find": 0,
    "find_one": 0,
    "find_one_and_delete": 0,
    "find_one_and_replace": 0,
    "find_one_and_update": 0,
    "count_documents": 0,
    "count": 0,
    "update_one": 0,
    "update_many": 0,
    "update": 0,
    "replace_one": 0,
    "delete_one": 0,
    "delete_many": 0,
    "remove": 0,
    "distinct": 1,
    "aggregate": 0,
}
"""Methods of a collection, and the place of what they look for."""


def plain(value: Any, depth: int = MAX_DEEP) -> Any:
    """Return what JSON can hold of a filter: mappings and lists stay, other things are texts."""
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    if depth and isinstance(value, AnyMapping):
        return {str(key): plain(one, depth - 1) for key, one in list(value.items())}
    if depth and isinstance(value, (list, tuple)):
        return [plain(one, depth - 1) for one in value]
    return text(value, 200)


def tell_query(observer: Observer, driver: str, call: str, filter_: Any) -> None:
    """Report the filter of a query as it reaches a driver."""
    said = json.dumps(plain(filter_))[:MAX_FILTER]
    observer.observe("query", {"driver": driver, "call": call, "filter": said})


def _asked(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the filter of a call; what is no mapping is the id that is looked for."""
    place = QUERIES[name]
    known = ("pipeline",) if name == "aggregate" else ("filter", "spec", "query")
    named = [kwargs[one] for one in known if one in kwargs]
    found = args[place] if len(args) > place else next(iter(named), None)
    if name == "aggregate" or isinstance(found, (AnyMapping, type(None))):
        return found or {}
    return {"_id": found}


def _answers(later: bool) -> dict[str, Answer]:  # noqa: FBT001 - whether code waits for it
    """Return what each method of a collection gives that asks its server."""
    results = importlib.import_module("pymongo.results")
    new_id = importlib.import_module("bson").ObjectId

    def updated(_args: tuple[Any, ...]) -> Any:
        return results.UpdateResult({"n": 0, "nModified": 0, "ok": 1.0}, acknowledged=True)

    def deleted(_args: tuple[Any, ...]) -> Any:
        return results.DeleteResult({"n": 0, "ok": 1.0}, acknowledged=True)

    def inserted(args: tuple[Any, ...]) -> Any:
        given = args[0] if args and isinstance(args[0], AnyMapping) else {}
        return results.InsertOneResult(given.get("_id", new_id()), acknowledged=True)

    def inserted_many(args: tuple[Any, ...]) -> Any:
        made = [new_id() for _ in (args[0] if args else ())]
        return results.InsertManyResult(made, acknowledged=True)

    def cursor(_args: tuple[Any, ...]) -> Any:
        return FoundLater() if later else Found()

    def none(_args: tuple[Any, ...]) -> Any:
        return None

    return {
        "find": cursor,
        "aggregate": cursor,
        "find_one": none,
        "find_one_and_delete": none,
        "find_one_and_replace": none,
        "find_one_and_update": none,
        "count_documents": lambda _args: 0,
        "count": lambda _args: 0,
        "estimated_document_count": lambda _args: 0,
        "distinct": lambda _args: [],
        "update_one": updated,
        "update_many": updated,
        "replace_one": updated,
        "delete_one": deleted,
        "delete_many": deleted,
        "insert_one": inserted,
        "insert_many": inserted_many,
        "create_index": lambda _args: "index",
        "create_indexes": lambda _args: [],
        "ensure_index": lambda _args: "index",
        "index_information": lambda _args: {},
        "drop_index": none,
        "drop": none,
    }


_OF_DATABASES: dict[str, Answer] = {
    "command": lambda _args: {"ok": 1.0},
    "list_collection_names": lambda _args: [],
    "collection_names": lambda _args: [],
    "drop_collection": lambda _args: None,
}
_OF_CLIENTS: dict[str, Answer] = {
    "server_info": lambda _args: {"version": "7.0.0", "versionArray": [7, 0, 0, 0], "ok": 1.0},
    "list_database_names": lambda _args: [],
    "drop_database": lambda _args: None,
}
_AT_ONCE = frozenset({"find"})
"""What nobody waits for: a cursor asks nothing until it is read."""


def _answered(observer: Observer, owner: Any, answers: dict[str, Answer], *, later: bool) -> None:
    for name, answer in answers.items():
        if hasattr(owner, name) and callable(vars(owner).get(name)):
            replace(observer, owner, name, _method(observer, name, answer, later=later))


def _method(observer: Observer, name: str, answer: Answer, *, later: bool) -> Any:
    def asked(_self: Any, *args: Any, **kwargs: Any) -> Any:
        if name in QUERIES:
            tell_query(observer, "pymongo", name, _asked(name, args, kwargs))
        return answer(args)

    async def asked_later(self: Any, *args: Any, **kwargs: Any) -> Any:
        return asked(self, *args, **kwargs)

    return asked_later if later and name not in _AT_ONCE else asked


def _collections(name: str, *, later: bool = False) -> Apply:
    def apply(module: ModuleType, observer: Observer) -> None:
        owner = getattr(module, name)
        if owner.__module__ == module.__name__:
            _answered(observer, owner, _answers(later), later=later)

    return apply


def _databases(name: str, answers: dict[str, Answer], *, later: bool = False) -> Apply:
    def apply(module: ModuleType, observer: Observer) -> None:
        owner = getattr(module, name)
        if owner.__module__ != module.__name__:
            return
        _answered(observer, owner, answers, later=later)
        if answers is _OF_CLIENTS:
            _unconnected(observer, owner)

    return apply


def _unconnected(observer: Observer, owner: Any) -> None:
    """Let clients look for no server by themselves, nor for long where they are asked to."""
    made = owner.__init__

    def __init__(self: Any, host: Any = None, port: Any = None, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it is one
        if isinstance(host, str):
            host = host.replace("mongodb+srv://", "mongodb://")
        if len(args) > _CONNECT:
            args = (*args[:_CONNECT], False, *args[_CONNECT + 1 :])
        else:
            kwargs["connect"] = False
        kwargs["serverSelectionTimeoutMS"] = 100
        made(self, host, port, *args, **kwargs)

    replace(observer, owner, "__init__", __init__)


_CONNECT = 2
"""Place of the parameter ``connect`` behind those of host and port."""


def _in_memory(module: ModuleType, observer: Observer) -> None:
    """Report the queries of a database that tests keep in memory, and let it answer."""
    for name in QUERIES:
        original = vars(module.Collection).get(name)
        if original is None:
            continue

        def asked(
            self: Any, *args: Any, _name: str = name, _original: Any = original, **kwargs: Any
        ) -> Any:
            tell_query(observer, "mongomock", _name, _asked(_name, args, kwargs))
            return _original(self, *args, **kwargs)

        replace(observer, module.Collection, name, asked)


WATCHED: Mapping[str, Apply] = {
    # Where they are defined changed with 4.9; the old names take over what is defined there.
    "pymongo.collection": _collections("Collection"),
    "pymongo.synchronous.collection": _collections("Collection"),
    "pymongo.asynchronous.collection": _collections("AsyncCollection", later=True),
    "pymongo.database": _databases("Database", _OF_DATABASES),
    "pymongo.synchronous.database": _databases("Database", _OF_DATABASES),
    "pymongo.asynchronous.database": _databases("AsyncDatabase", _OF_DATABASES, later=True),
    "pymongo.mongo_client": _databases("MongoClient", _OF_CLIENTS),
    "pymongo.synchronous.mongo_client": _databases("MongoClient", _OF_CLIENTS),
    "pymongo.asynchronous.mongo_client": _databases("AsyncMongoClient", _OF_CLIENTS, later=True),
    "mongomock.collection": _in_memory,
}
"""Module to how it is wrapped once it is loaded."""
