"""Arguments are built in the shape that the function needs."""

from pathlib import Path
from typing import Any

import pytest

from countermine.prove.harness.arguments import build
from countermine.prove.harness.inputs import Scene, Value
from countermine.prove.harness.stand_in import EveryKey, StandIn


def scene(tmp_path: Path, channel: str = "parameter", key: str | None = None) -> Scene:
    (tmp_path / "data").mkdir(exist_ok=True)
    value = Value(channel, key, "attack", b"attack")
    return Scene(values=(value,), base=str(tmp_path), canary="c", is_attack=True)


def takes_paths(paths: Any, session: Any) -> None:
    for path in paths:
        session.add(path.read_text())


def takes_names(names: Any, verbose: Any) -> None:
    """Go through its names."""
    for name in names:
        print(name, verbose)


def takes_entry(folder: Any, entry: Any) -> Any:
    """Read an attribute of an object."""
    return folder + entry.key


def test_a_list_of_paths_holds_the_path_of_the_file(tmp_path: Path) -> None:
    built = build(takes_paths, scene(tmp_path, "file-content", "paths"))
    (path,) = built.positional[0]
    assert isinstance(path, Path)
    assert path.read_text() == "attack"


def test_a_list_of_names_holds_the_value(tmp_path: Path) -> None:
    assert build(takes_names, scene(tmp_path)).positional == (["attack"], "cmprobe")


def test_an_object_of_which_nothing_is_known_is_stood_in_for(tmp_path: Path) -> None:
    built = build(takes_paths, scene(tmp_path, key="paths"))
    assert isinstance(built.positional[1], StandIn)


def test_the_value_is_in_the_attributes_of_an_object(tmp_path: Path) -> None:
    built = build(takes_entry, scene(tmp_path, key="entry"))
    assert takes_entry(*built.positional).endswith("attack")


def takes_headers(name: Any, headers: Any) -> Any:
    """Reads one of the headers."""
    return headers.get(name, None), headers["x-other"], name in headers


def test_the_value_is_under_every_key_of_a_mapping(tmp_path: Path) -> None:
    built = build(takes_headers, scene(tmp_path, key="headers"))
    (headers,) = (one for one in built.positional if isinstance(one, EveryKey))
    text = headers.get("anything")
    assert text
    assert takes_headers("www-authenticate", headers) == (text, text, True)
    assert headers
    assert not dict(headers)


def test_a_stand_in_does_nothing_and_always_says_the_same() -> None:
    one = StandIn()
    with one as entered:
        entered["x"] = 1
        assert list(one.rows()) == []
    assert repr(one.a.b(1)["c"]) == repr(StandIn())
    assert (len(one), bool(one), "x" in one) == (0, True, False)


def test_a_stand_in_has_no_special_methods_of_others() -> None:
    with pytest.raises(AttributeError):
        StandIn()._private  # noqa: B018 - read for its error


def takes_kinds(text: str, kind: Any, unit: str = "m") -> Any:
    """Compare one of its parameters with texts."""
    if kind == "length" or kind in ("width", "height"):
        return text + unit
    raise ValueError(kind)


def test_texts_that_a_parameter_is_compared_with_are_chosen_among(tmp_path: Path) -> None:
    plain = scene(tmp_path, key="text")

    built = [build(takes_kinds, plain._replace(choice=at)).positional for at in (None, 0, 2, 7)]

    assert [kind for _, kind in built] == ["cmprobe", "length", "height", "height"]


def serve(host: str, port: int, server_address: Any, http_port: Any, mirror: Any) -> None:
    """Stands for a server."""


def test_a_server_binds_to_the_machine_itself(tmp_path: Path) -> None:
    scene = Scene((), str(tmp_path), "c", is_attack=False)
    given = build(serve, scene).positional
    assert given == ("localhost", 8000, "localhost", 8000, "cmprobe")
