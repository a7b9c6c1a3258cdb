"""Models are configured by their user, in one place, and never by what is searched."""

from pathlib import Path

import pytest

from countermine.cli.config import find_configuration
from countermine.cli.surroundings import user_configuration
from countermine.core.errors import BadUsageError
from countermine.core.models import ModelTask
from countermine.models.options import ModelSettings, Privacy, ProviderKind

LOCAL = """
[models.roster.local]
provider = "openai-compatible"
model = "gemma3"
url = "http://127.0.0.1:8080/v1"
"""

HOSTED = """
[models.roster.hosted]
provider = "anthropic"
model = "claude-sonnet-4-5"
"""


def written(folder: Path, text: str, name: str = "countermine.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def test_models_are_taken_from_the_user_s_own_file(tmp_path: Path) -> None:
    user = written(
        tmp_path / "home",
        LOCAL
        + HOSTED
        + '[models]\norder = ["hosted", "local"]\nprivacy = "local-only"\n'
        + '[models.tasks]\npatch = ["local"]\n[models.caps.run]\nusd = 2.5\n'
        + "[models.caps.task.patch]\ncalls = 7\n",
    )
    found = find_configuration(tmp_path, None, user)
    models = found.settings.models
    assert found.models_origin == user
    assert list(models.roster) == ["local", "hosted"]
    assert models.roster["local"].provider is ProviderKind.OPENAI_COMPATIBLE
    assert models.order == ("hosted", "local")
    assert models.tasks == {ModelTask.PATCH: ("local",)}
    assert models.privacy is Privacy.LOCAL_ONLY
    assert (models.caps.run.usd, models.caps.run.calls) == (2.5, None)
    assert models.caps.task[ModelTask.PATCH].calls == 7


@pytest.mark.parametrize(
    ("name", "prefix"), [("countermine.toml", ""), ("pyproject.toml", "tool.countermine.")]
)
def test_a_target_does_not_choose_where_code_is_sent(
    tmp_path: Path, name: str, prefix: str
) -> None:
    text = HOSTED.replace("[models", f"[{prefix}models") + f"[{prefix}budget]\ncases = 7\n"
    path = written(tmp_path, text, name)
    found = find_configuration(tmp_path, None, tmp_path / "none.toml")
    assert found.settings.models == ModelSettings()
    assert found.settings.budget.cases == 7
    (note,) = found.notes
    assert f"[{prefix}models] of {path} is not used" in note


def test_what_a_target_says_of_models_is_not_even_checked(tmp_path: Path) -> None:
    written(tmp_path, "[models]\nmodels = 'whatever'\n")
    user = written(tmp_path / "home", LOCAL)
    assert list(find_configuration(tmp_path, None, user).settings.models.roster) == ["local"]


def test_a_file_that_config_names_may_have_models_and_they_win(tmp_path: Path) -> None:
    user = written(tmp_path / "home", LOCAL)
    given = written(tmp_path / "given", HOSTED)
    found = find_configuration(tmp_path, given, user)
    assert list(found.settings.models.roster) == ["hosted"]
    assert found.models_origin == given


def test_a_file_that_config_names_without_models_leaves_the_user_s(tmp_path: Path) -> None:
    user = written(tmp_path / "home", LOCAL)
    given = written(tmp_path / "given", "[budget]\ncases = 3\n")
    found = find_configuration(tmp_path, given, user)
    assert list(found.settings.models.roster) == ["local"]
    assert found.settings.budget.cases == 3


def test_only_models_are_taken_from_the_user_s_file(tmp_path: Path) -> None:
    user = written(tmp_path / "home", "[find]\nexclude = ['**']\n" + LOCAL)
    found = find_configuration(tmp_path, None, user)
    assert found.settings.find.exclude == ()
    assert f"only [models] of {user} is used" in found.notes[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[models]\nordr = []\n", "unknown key models.ordr; did you mean 'order'?"),
        (LOCAL + "modell = 'x'\n", "unknown key models.roster.local.modell; did you mean 'model'?"),
        (
            LOCAL + "[models]\norder = ['locl']\n",
            "models.order names 'locl'; did you mean 'local'?",
        ),
        (LOCAL + "[models.tasks]\npatch = ['x']\n", "models.tasks.patch names 'x'; it is no"),
        (LOCAL + "[models.tasks]\npach = []\n", "models.tasks.pach: must be 'hypothesise'"),
        (LOCAL + "[models]\norder = ['local', 'local']\n", "names 'local' twice"),
        (LOCAL + "[models.caps.run]\nusd = -1\n", "models.caps.run.usd must be a number from 0"),
        (LOCAL + "[models.caps.case]\ntokens = -1\n", "models.caps.case.tokens must be"),
        (LOCAL + "[models.caps.task.patch]\nuds = 1\n", "models.caps.task.patch.uds; did you mean"),
        (LOCAL + "[models.caps.task.patch]\ncalls = -1\n", "models.caps.task.patch.calls must be"),
        (LOCAL + "[models.caps.run]\nusd = nan\n", "models.caps.run.usd must be a number from 0"),
        (LOCAL + "[models]\ncandidates = 0\n", "models.candidates must be from 1 to 10"),
        (LOCAL + "[models]\nprivacy = 'open'\n", "models.privacy: must be 'local-only'"),
        (LOCAL + "timeout_s = 0\n", "models.roster.local.timeout_s must be over 0"),
        (LOCAL + "timeout_s = 'long'\n", "models.roster.local.timeout_s: must be a number"),
        (LOCAL + "context_tokens = 0\n", "context_tokens must be at least 1"),
        (LOCAL + "retries = 99\n", "retries must be from 0 to 10"),
        (LOCAL + "input_usd_per_million = 1\n", "go together"),
        (LOCAL + "region = 'eu-central-1'\n", "region is for the provider 'bedrock'"),
        (LOCAL.replace("127.0.0.1", "10.0.0.7"), "would go over the network unencrypted"),
        (LOCAL.replace("http:", "file:"), "url must begin with https://"),
        (LOCAL.replace("127.0.0.1:8080", "127.0.0.1:http"), "url must begin with https://"),
        (LOCAL.replace("127", "me:pw@127"), "url holds a user or password"),
        (LOCAL.replace("/v1", "/v1?key=a"), "url must end with the path"),
        (LOCAL.replace('url = "http://127.0.0.1:8080/v1"', ""), "local.url is missing"),
        (LOCAL.replace("gemma3", " "), "model is empty"),
        (LOCAL.replace("roster.local", "roster.'a b'"), "a name is letters"),
        (HOSTED.replace('model = "claude-sonnet-4-5"', ""), "'model' is missing"),
        (HOSTED.replace("anthropic", "anthropomorphic"), "must be 'openai-compatible'"),
    ],
)
def test_what_cannot_be_meant_is_one_clear_line(tmp_path: Path, text: str, said: str) -> None:
    user = written(tmp_path / "home", text)
    with pytest.raises(BadUsageError) as caught:
        find_configuration(tmp_path, None, user)
    assert said in str(caught.value)
    assert str(user) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        "key_variable = 'sk-sentinel-4f1d'",
        "key = 'sk-sentinel-4f1d'",
        "url = 'https://u:sk-sentinel-4f1d@h'",
    ],
)
def test_a_key_in_the_file_is_refused_and_not_repeated(tmp_path: Path, line: str) -> None:
    user = written(tmp_path / "home", HOSTED + line + "\n")
    with pytest.raises(BadUsageError) as caught:
        find_configuration(tmp_path, None, user)
    assert "sentinel" not in str(caught.value)


def test_the_user_s_file_is_in_the_platform_s_folder_or_where_the_variable_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COUNTERMINE_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert user_configuration() == tmp_path / "countermine" / "countermine.toml"
    named = written(tmp_path, LOCAL, "mine.toml")
    monkeypatch.setenv("COUNTERMINE_CONFIG", str(named))
    assert user_configuration() == named
    monkeypatch.setenv("COUNTERMINE_CONFIG", "")
    assert user_configuration() is None
    monkeypatch.setenv("COUNTERMINE_CONFIG", str(tmp_path / "gone.toml"))
    with pytest.raises(BadUsageError, match=r"gone\.toml.*not a file"):
        user_configuration()
