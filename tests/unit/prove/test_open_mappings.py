"""What is read by name out of a mapping that others fill under any key is theirs to set."""

import pytest

from countermine.prove.open_mappings import open_mapping


def told(*lines: str) -> str | None:
    body = "".join(f"    {line}\n" for line in lines)
    return open_mapping(f"def view(request):\n{body}".encode(), ("App.view",))


@pytest.mark.parametrize(
    "lines",
    [
        ("opts['folder'] = '/srv'", "opts[key] = value", "run(opts['folder'])"),
        ("opts.update(request.args)", "run(opts.get('folder'))"),
    ],
)
def test_a_folder_of_such_a_mapping_is_told(lines: tuple[str, ...]) -> None:
    assert told(*lines) == "opts['folder']"


@pytest.mark.parametrize(
    "lines",
    [
        ("opts['folder'] = '/srv'", "run(opts['folder'])"),
        ("opts[key] = value", "run(opts[other])"),
        ("opts[key] = value", "run(settings['folder'])"),
        ("digest.update(data)", "run(digest.hexdigest())"),
    ],
)
def test_other_mappings_are_not(lines: tuple[str, ...]) -> None:
    assert told(*lines) is None


def test_what_cannot_be_parsed_says_nothing() -> None:
    assert open_mapping(b"def run(:", ("run",)) is None
