import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermine.core.errors import BadTargetError
from countermine.target.spec import DirectorySpec, GitSpec, PypiSpec, parse_spec


def test_a_path_is_a_directory() -> None:
    assert parse_spec("./some/where") == DirectorySpec(path="./some/where")


def test_a_release_is_named_as_the_index_names_it() -> None:
    assert parse_spec("pypi:Foo_Bar.baz==1.0.post1") == PypiSpec(
        name="foo-bar-baz", version="1.0.post1"
    )


@pytest.mark.parametrize(
    ("text", "url", "ref"),
    [
        ("https://example.org/a/b.git", "https://example.org/a/b.git", None),
        ("https://example.org/a/b.git@v1.0", "https://example.org/a/b.git", "v1.0"),
        ("https://example.org/a/b#fix/x", "https://example.org/a/b", "fix/x"),
        ("ssh://git@example.org:2222/a/b", "ssh://git@example.org:2222/a/b", None),
        ("git@example.org:a/b.git", "git@example.org:a/b.git", None),
        ("git@example.org:a/b.git@main", "git@example.org:a/b.git", "main"),
        ("git@example.org:a/b.git#rel/1", "git@example.org:a/b.git", "rel/1"),
        ("file:///srv/repo", "file:///srv/repo", None),
    ],
)
def test_git_urls_are_taken_with_their_ref(text: str, url: str, ref: str | None) -> None:
    spec = parse_spec(text)
    assert isinstance(spec, GitSpec)
    assert (spec.url, spec.ref) == (url, ref)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://example.org/a/b.git", "b"),
        ("git@example.org:b.git", "b"),
        ("file:///srv/repo/", "repo"),
    ],
)
def test_a_repository_is_called_by_its_last_part(text: str, name: str) -> None:
    spec = parse_spec(text)
    assert isinstance(spec, GitSpec)
    assert spec.name == name


def test_credentials_reach_the_transport_and_nothing_that_is_shown() -> None:
    spec = parse_spec("https://user:s3c@ret@example.org/a/b@v1")
    assert isinstance(spec, GitSpec)
    assert spec.url == "https://user:s3c@ret@example.org/a/b"
    assert spec.shown == "https://example.org/a/b#v1"
    assert "s3c" not in repr(spec)
    assert "ret" not in repr(spec)


@pytest.mark.parametrize(
    "text",
    [
        "https://user:hunter2@example.org/a?x=1",
        "https://user:hunter2@example.org",
        "ftp://user:hunter2@example.org/a",
        "http://user:hunter2@example.org/a",
        "https://user:hunter2@exa mple.org/a",
        "https://user:hunter2@example.org:99999999/a",
        "ext::https://user:hunter2@example.org/",
        "https://user:hunter2@example.org/a@-x",
        "https://example.org/a?token=hunter2",
    ],
)
def test_an_error_about_a_url_shows_no_credentials(text: str) -> None:
    with pytest.raises(BadTargetError) as caught:
        parse_spec(text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("-rf", "begins with '-'"),
        ("--upload-pack=x", "begins with '-'"),
        ("a\0b", "NUL"),
        ("ext::sh -c id", "transport helper"),
        ("fd::17", "transport helper"),
        ("http://example.org/a", "http is not taken"),
        ("git://example.org/a", "git is not taken"),
        ("ftp://example.org/a", "ftp is not taken"),
        ("https://", "names no host"),
        ("https://example.org", "names no repository"),
        ("https://example.org/a?x=1", "no query"),
        ("https://example.org/a\nb", "is not a URL"),
        ("ssh://-oProxyCommand=id/a", "cannot begin with '-'"),
        ("ssh://-x@example.org/a", "cannot begin with '-'"),
        ("git@example.org:-x", "is not taken"),
        ("file://example.org/a", "another host"),
        ("https://example.org/a@-x", "is not a branch"),
        ("https://example.org/a#a..b", "is not a branch"),
        ("https://example.org/a#", None),
        ("pypi:", "names no release"),
        ("pypi:foo", "names no release"),
        ("pypi:foo==", "names no release"),
        ("pypi:../foo==1", "is not a package name"),
        ("pypi:foo==1 --x", "is not one version"),
        ("pypi:foo==1,==2", "is not one version"),
    ],
)
def test_what_is_no_target_is_refused_in_one_line(text: str, said: str | None) -> None:
    if said is None:
        assert isinstance(parse_spec(text), GitSpec)
        return
    with pytest.raises(BadTargetError) as caught:
        parse_spec(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_option_in_the_place_of_an_ssh_host_is_no_git_url() -> None:
    # CVE-2017-1000117: a host that begins with '-' became an option of ssh.
    assert isinstance(parse_spec("git@-oProxyCommand=id:x"), DirectorySpec)


def test_escape_sequences_reach_no_message() -> None:
    with pytest.raises(BadTargetError) as caught:
        parse_spec("-\x1b[31m\udc80")
    assert "\x1b" not in str(caught.value)
    assert "\udc80" not in str(caught.value)


@given(st.text())
def test_any_text_is_a_spec_or_a_one_line_error(text: str) -> None:
    assert len(outcome(text).splitlines()) == 1


def outcome(text: str) -> str:
    try:
        return parse_spec(text).kind
    except BadTargetError as error:
        return str(error)
