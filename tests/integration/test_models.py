"""``countermine models``, as a user calls it."""

import json
import sys
from pathlib import Path

import pytest

from countermine.testing.model_replies import Asked, Conduct
from countermine.testing.model_server import model_server
from tests.integration.conftest import Call

pytestmark = pytest.mark.xdist_group("models")

SENTINEL = "sk-sentinel-4f1d77c0a9"


def configured(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *urls: str, privacy: str = "redacted"
) -> None:
    path = folder / "models.toml"
    entries = "".join(
        f'[models.roster.m{at}]\nprovider = "openai-compatible"\nmodel = "scripted-1"\n'
        f'url = "{url}"\nkey_variable = "KEY_OF_TESTS"\ntimeout_s = 5\ncontext_tokens = 3000\n'
        for at, url in enumerate(urls)
    )
    path.write_text(f'[models]\nprivacy = "{privacy}"\n{entries}[models.tasks]\nexplain = []\n')
    monkeypatch.setenv("COUNTERMINE_CONFIG", str(path))
    monkeypatch.setenv("KEY_OF_TESTS", SENTINEL)


def test_without_a_model_it_says_so(call: Call) -> None:
    answer = call("models")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "No model is configured. Everything works without one.\n"
    assert call("models", "--check").code == 0


def test_it_lists_the_roster_the_tasks_and_the_bounds(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(tmp_path, monkeypatch, "http://127.0.0.1:9/v1", "https://models.example/v1")
    answer = call("models")
    assert (answer.code, answer.err) == (0, "")
    assert "  m0  openai-compatible: scripted-1\n" in answer.out
    assert "on this machine, at http://127.0.0.1:9/v1; free; key in the environment" in answer.out
    assert "hosted, at https://models.example/v1; price not known;" in answer.out
    assert "  patch        m0, then m1\n" in answer.out
    assert "  explain      no model\n" in answer.out
    assert "  run          $5, 2000 calls\n" in answer.out
    assert SENTINEL not in answer.out


def test_a_hosted_model_is_never_asked_where_nothing_may_leave(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(tmp_path, monkeypatch, "https://models.example/v1", privacy="local-only")
    answer = call("models", "--check")
    assert answer.code == 0
    assert 'never asked: privacy = "local-only"' in answer.out
    assert "  patch        no model\n" in answer.out


def test_a_check_asks_each_model_and_counts_it(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model_server(say='{"word": "ready"}') as server:
        configured(tmp_path, monkeypatch, server.url)
        answer = call("models", "--check")
        shown = json.loads(call("models", "--check", "--json").out)
    assert "ok       reachable: answers as scripted-1" in answer.out
    assert "ok       structured output" in answer.out
    assert "ok       tool calls" in answer.out
    assert "free: on this machine" in answer.out
    assert "3 calls, 360 tokens, $0.000000" in answer.out
    # The scripted server says that it read 100 tokens, whatever it was sent.
    assert "failed   context length: the server read 100 of more than 1333 tokens" in answer.out
    assert answer.code == 5
    (entry,) = shown["roster"]
    assert entry["check"]["calls"] == 3
    assert not entry["check"]["usable"]
    assert SENTINEL not in answer.out + json.dumps(shown)


def test_a_model_that_is_gone_fails_the_check_and_its_key_is_not_shown(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: Asked, before: int) -> Conduct:
        return Conduct.UNAUTHORIZED if before == 0 else Conduct.GONE

    with model_server(gone) as server:
        configured(tmp_path, monkeypatch, server.url)
        answers = [call("models", "--check") for _ in range(2)]
    assert [answer.code for answer in answers] == [5, 5]
    assert "withdrawn: status 401" in answers[0].out
    assert "withdrawn: status 410" in answers[1].out
    assert SENTINEL not in answers[0].out + answers[0].err


def test_a_missing_extra_is_one_line_that_says_how_to_get_it(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(tmp_path, monkeypatch, "http://127.0.0.1:9/v1")
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)
    listed = call("models")
    assert listed.code == 0
    assert "pip install 'countermine[models]'" in listed.out
    checked = call("models", "--check")
    assert checked.code == 5
    assert checked.line.endswith("pip install 'countermine[models]'")
