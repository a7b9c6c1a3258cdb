"""What a model costs: as its user says, or as a public list does; never a guess."""

from typing import TYPE_CHECKING

from countermine.models.bounds import Price
from countermine.models.options import ProviderKind, RosterEntry
from countermine.models.places import is_local

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation

FREE = Price(input_usd=0.0, output_usd=0.0)

_LISTED = {
    ProviderKind.OPENAI: "openai",
    ProviderKind.ANTHROPIC: "anthropic",
    ProviderKind.GOOGLE: "google",
    ProviderKind.BEDROCK: "aws",
    ProviderKind.MISTRAL: "mistral",
}


def price_of(entry: RosterEntry) -> Price | None:
    """Return what a model costs, or ``None`` where nobody knows.

    Prices in the configuration hold before all others. A model on this machine costs nothing. For
    the rest there is the list of genai-prices as it was released; prices that rise with the length
    of the question are those of the longest that the entry lets through.
    """
    if entry.input_usd_per_million is not None and entry.output_usd_per_million is not None:
        return Price(input_usd=entry.input_usd_per_million, output_usd=entry.output_usd_per_million)
    if is_local(entry):
        return FREE
    listed = _listed(entry)
    if listed is None:
        return None
    per_million = 1e6 / entry.context_tokens
    return Price(
        input_usd=round(float(listed.input_price) * per_million, 6),
        output_usd=round(float(listed.output_price) * per_million, 6),
    )


def _listed(entry: RosterEntry) -> "PriceCalculation | None":
    from genai_prices import Usage, calc_price  # noqa: PLC0415 - a list of thousands of models

    most = Usage(input_tokens=entry.context_tokens, output_tokens=entry.context_tokens)
    try:
        if entry.url is not None:
            # A gateway has prices of its own, whichever protocol it speaks.
            return calc_price(most, entry.model, provider_api_url=entry.url)
        return calc_price(most, entry.model, provider_id=_LISTED[entry.provider])
    except LookupError:
        return None
