"""Prices are known, given, or unknown; never guessed."""

import pytest

from countermine.models.bounds import Price
from countermine.models.options import ProviderKind, RosterEntry
from countermine.models.pricing import FREE, price_of


def entry(
    kind: ProviderKind, model: str, url: str | None = None, context: int = 32_000
) -> RosterEntry:
    return RosterEntry(provider=kind, model=model, url=url, context_tokens=context)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/v1", "http://localhost:11434/v1", "http://[::1]:1/v1"]
)
def test_a_model_on_this_machine_costs_nothing(url: str) -> None:
    assert price_of(entry(ProviderKind.OPENAI_COMPATIBLE, "gemma3", url)) == FREE


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        (ProviderKind.OPENAI, "gpt-4o-mini"),
        (ProviderKind.ANTHROPIC, "claude-sonnet-4-5"),
        (ProviderKind.GOOGLE, "gemini-2.5-flash"),
        (ProviderKind.MISTRAL, "mistral-large-latest"),
        (ProviderKind.BEDROCK, "anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ],
)
def test_known_models_have_listed_prices(kind: ProviderKind, model: str) -> None:
    price = price_of(entry(kind, model))
    assert price is not None
    assert 0 < price.input_usd < price.output_usd < 100


def test_a_price_that_rises_with_length_is_that_of_the_longest_question() -> None:
    short = price_of(entry(ProviderKind.GOOGLE, "gemini-2.5-pro", context=100_000))
    long = price_of(entry(ProviderKind.GOOGLE, "gemini-2.5-pro", context=1_000_000))
    assert short is not None
    assert long is not None
    assert short.input_usd < long.input_usd


@pytest.mark.parametrize(
    "unknown",
    [
        entry(ProviderKind.OPENAI, "no-such-model-of-theirs"),
        entry(ProviderKind.OPENAI_COMPATIBLE, "gpt-4o-mini", "https://models.corp.example/v1"),
        entry(ProviderKind.OPENAI, "gpt-4o-mini", "https://gateway.corp.example/v1"),
    ],
)
def test_what_nobody_knows_is_not_guessed(unknown: RosterEntry) -> None:
    assert price_of(unknown) is None


def test_the_user_s_own_prices_hold_before_all_others() -> None:
    own = RosterEntry(
        provider=ProviderKind.OPENAI_COMPATIBLE,
        model="m",
        url="http://127.0.0.1:4000/v1",
        input_usd_per_million=2.0,
        output_usd_per_million=8.0,
    )
    assert price_of(own) == Price(input_usd=2.0, output_usd=8.0)
    assert Price(input_usd=2.0, output_usd=8.0).micro_usd(1_000, 500) == 6_000
