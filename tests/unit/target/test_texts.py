import os
import tokenize
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.core.spans import TreePath
from countermine.target.texts import (
    declared_encoding,
    decode,
    not_python_text,
    read_file,
    read_texts,
)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"x = 1\n", "utf-8"),
        (b"", "utf-8"),
        (b"\xef\xbb\xbfx = 1\n", "utf-8"),
        (b"# -*- coding: latin-1 -*-\n", "iso-8859-1"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n", "cp1252"),
        (b"\r\n# coding: koi8-r\r\n", "koi8-r"),
        (b"x = 1\n# coding: koi8-r\n", "utf-8"),
        (b"#\n#\n# coding: koi8-r\n", "utf-8"),
        (b"# coding: UTF_8_sig\n", "utf-8"),
    ],
)
def test_the_declared_encoding_is_found_where_python_looks(data: bytes, encoding: str) -> None:
    assert declared_encoding(data) == encoding


def test_a_source_is_decoded_as_declared() -> None:
    assert decode(b"# coding: latin-1\nx = '\xe9'\n") == "# coding: latin-1\nx = 'é'\n"
    assert decode(b"# coding: koi8-r\n\xc1\n") == "# coding: koi8-r\nа\n"  # noqa: RUF001 - Cyrillic
    assert decode(b"\xef\xbb\xbfx = 1\n") == "x = 1\n"


@pytest.mark.parametrize("name", ["nonsense", "rot13", "hex", "zlib", "idna", "undefined"])
def test_an_encoding_that_is_none_of_text_is_read_as_utf8(name: str) -> None:
    data = f"# coding: {name}\nx = 'é'\n".encode()
    assert decode(data).startswith(f"# coding: {name}\nx = '")


def test_bytes_that_the_encoding_does_not_know_are_marked() -> None:
    assert decode(b"x = '\xff'\n") == "x = '\ufffd'\n"


@given(st.binary())
def test_any_bytes_decode(data: bytes) -> None:
    decode(data)


@given(st.sampled_from(["utf-8", "latin-1", "cp1252", "koi8-r", "utf-8-sig"]), st.text("abc é#=\n"))
def test_the_declaration_is_read_as_the_tokenizer_reads_it(name: str, body: str) -> None:
    data = f"# coding: {name}\n{body}".encode(name, "replace")
    expected, _ = tokenize.detect_encoding(BytesIO(data).readline)
    assert declared_encoding(data) == expected.removesuffix("-sig")


def test_bytes_that_are_no_source_are_named() -> None:
    assert not_python_text(b"x = 1\n") is None
    assert "NUL" in str(not_python_text(b"x\0"))
    assert "UTF-16" in str(not_python_text(b"\xff\xfex\0"))


def test_texts_come_in_the_order_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"a")
    (tmp_path / "d").mkdir()
    (tmp_path / "d/b.py").write_bytes(b"b")
    asked = [TreePath("d/b.py"), TreePath("a.py"), TreePath("gone.py")]
    assert list(read_texts(tmp_path, asked).items()) == [("d/b.py", b"b"), ("a.py", b"a")]


def test_texts_are_never_read_through_a_link(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tmp_path / "secret.py").write_text("secret")
    (tree / "file.py").symlink_to(tmp_path / "secret.py")
    (tree / "folder").symlink_to(tmp_path)
    asked = [TreePath("file.py"), TreePath("folder/secret.py"), TreePath("../secret.py")]
    assert read_texts(tree, asked) == {}


def test_a_fifo_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read_file(str(tmp_path / "pipe")) == "not a plain file"


def test_a_file_above_the_bound_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x" * 11)
    assert read_file(str(tmp_path / "a.py"), 11) == b"x" * 11
    assert read_file(str(tmp_path / "a.py"), 10) == "11 bytes: larger than the bound of 10"
