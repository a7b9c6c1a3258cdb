"""What a model costs: as its user says, or as a public list does; never a guess."""

from countermine.models.bounds import Price
from countermine.models.locality import is_local
from countermine.models.options import ProviderKind, RosterEntry

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
    return _listed(entry)


def known_context(entry: RosterEntry) -> int | None:
    """Return the tokens that fit into a model of the list, or ``None`` where it does not say."""
    if entry.url is not None:
        return None
    from genai_prices import Usage, calc_price  # noqa: PLC0415 - a list of thousands of models

    try:
        listed = calc_price(Usage(), entry.model, provider_id=_LISTED.get(entry.provider))
    except LookupError:
        return None
    return listed.model.context_window


def _listed(entry: RosterEntry) -> Price | None:
    from genai_prices import Usage, calc_price  # noqa: PLC0415 - a list of thousands of models

    most = Usage(input_tokens=entry.context_tokens, output_tokens=entry.context_tokens)
    try:
        if entry.url is not None:
            # A gateway has prices of its own, whichever protocol it speaks.
            listed = calc_price(most, entry.model, provider_api_url=entry.url)
        else:
            listed = calc_price(most, entry.model, provider_id=_LISTED.get(entry.provider))
    except LookupError:
        return None
    per_million = 1e6 / entry.context_tokens
    return Price(
        input_usd=round(float(listed.input_price) * per_million, 6),
        output_usd=round(float(listed.output_price) * per_million, 6),
    )
