"""Addresses are read as browsers read them."""

import pytest

from countermine.prove.drive.addresses import foreign_host, leads_away


@pytest.mark.parametrize(
    "address",
    [
        "https://other.test/",
        "HTTP://other.test",
        "//other.test/x",
        "///other.test/x",
        "/\\other.test",
        "\\\\other.test",
        "\\/other.test",
        "/\t/other.test",
        "\n//other.test",
        "\x01 //other.test ",
        "https:///other.test",
        "https:/other.test",
        "https:other.test",
        "https:\\\\other.test",
        "https://localhost@other.test/",
        "https://localhost:80@other.test:443/",
        "https://other.test\\@localhost/",
        "https://other.test#@localhost/",
        "https://other.test?localhost",
        "//OTHER.test",
        "//other%2Etest",
        "//other\uff0etest",
        "wss://other.test",
    ],
)
def test_a_browser_goes_to_another_host(address: str) -> None:
    assert leads_away(address) == "other.test"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/",
        "/item?next=//other.test",
        "item//other.test",
        "?//other.test",
        "#//other.test",
        "./\\other.test",
        "/%5Cother.test",
        "/%2Fother.test",
        "javascript:other.test",
        "mailto:a@other.test",
        "item:other.test",
        "\\other.test",
    ],
)
def test_a_browser_stays_on_the_site(address: str) -> None:
    assert leads_away(address) is None


def test_a_scheme_without_slashes_is_a_path_on_a_page_of_that_scheme() -> None:
    assert foreign_host("https:other.test", "https") is None
    assert foreign_host("https:other.test", "http") == "other.test"
