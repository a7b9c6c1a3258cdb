"""A legitimate document holds what the code reads of it."""

from countermine.core.spans import TreePath
from countermine.prove.drive.document_use import Document, documents
from countermine.testing.findings import finding_at

PATH = TreePath("shop/load.py")


def read(body: str) -> list[Document]:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"def load(text):\n{lines}".encode()
    return documents(finding_at(PATH, text, b"yaml.load(text)"), {PATH: text})


def test_keys_that_are_read_are_there() -> None:
    first, *_ = read("data = yaml.load(text)\nreturn data['name'], data.get('size')")
    assert first == {"name": "cmprobe", "size": "cmprobe"}


def test_what_is_gone_through_is_a_list() -> None:
    body = "data = yaml.load(text)\nfor step in data:\n    step['new'] = step.pop('old')"
    assert read(body) == [[{"old": "cmprobe"}], [{"old": None}], []]


def test_another_name_and_what_stands_under_a_key_are_followed() -> None:
    body = "data = yaml.load(text)\nrows = data\nfor row in rows['items']:\n    row['id']"
    assert read(body)[0] == {"items": [{"id": "cmprobe"}]}


def test_items_of_which_nothing_is_known_hold_the_probe() -> None:
    assert read("data = yaml.load(text)\nfor one in data:\n    use(one)")[0] == [
        {"cmprobe": "cmprobe"}
    ]


def test_code_that_does_nothing_with_it_says_nothing() -> None:
    assert read("data = yaml.load(text)\nreturn data") == []
    assert read("return yaml.load(text)") == []
