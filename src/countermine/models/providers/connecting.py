"""From a roster's entry to a client of its provider, which nothing in the environment redirects."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import httpx2
from pydantic_ai.models import Model

from countermine.models.options import ProviderKind, RosterEntry
from countermine.models.providers.keys import Key

AnyModel: TypeAlias = Model[Any]
"""A provider's model; what client it has inside is of no matter here."""

USUAL_URLS: Mapping[ProviderKind, str] = {
    ProviderKind.OPENAI: "https://api.openai.com/v1",
    ProviderKind.ANTHROPIC: "https://api.anthropic.com",
    ProviderKind.GOOGLE: "https://generativelanguage.googleapis.com",
    ProviderKind.MISTRAL: "https://api.mistral.ai",
}
"""Said outright: left to themselves, SDKs take the address from a variable of the environment."""


def url_of(entry: RosterEntry) -> str:
    """Return where an entry's model is; empty for Bedrock, where the region says it."""
    return entry.url or USUAL_URLS.get(entry.provider, "")


def connect(entry: RosterEntry, key: Key | None, client: httpx2.AsyncClient) -> AnyModel:
    """Return an entry's model, ready to be asked. Loads the SDK of its provider and no other.

    No SDK retries: how often a question goes out is for the roster to decide. Google's and
    Mistral's do not unless told to.

    Args:
        entry: Which model, and where.
        key: ``None`` where the provider is asked without one.
        client: What all requests go through; Bedrock has a client of its own.
    """
    return _MAKERS[entry.provider](entry, key.reveal() if key is not None else None, client)


def _compatible(entry: RosterEntry, key: str | None, client: httpx2.AsyncClient) -> AnyModel:
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415 - one SDK, not six
    from pydantic_ai.profiles.openai import OpenAIModelProfile  # noqa: PLC0415 - likewise
    from pydantic_ai.providers.openai_compatible import (  # noqa: PLC0415 - likewise
        OpenAICompatibleProvider,
    )

    provider = OpenAICompatibleProvider(
        "compatible", base_url=url_of(entry), api_key=key, http_client=client
    )
    # Taken from the environment by the SDK, and of another service.
    provider.client.organization = None
    provider.client.project = None
    provider.client.max_retries = 0
    profile = OpenAIModelProfile(
        supports_json_schema_output=True,
        supports_tools=True,
        openai_chat_supports_max_completion_tokens=False,
    )
    return OpenAIChatModel(entry.model, provider=provider, profile=profile)


def _openai(entry: RosterEntry, key: str | None, client: httpx2.AsyncClient) -> AnyModel:
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415 - one SDK, not six
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415 - likewise

    provider = OpenAIProvider(base_url=url_of(entry), api_key=key, http_client=client)
    provider.client.max_retries = 0
    return OpenAIChatModel(entry.model, provider=provider)


def _anthropic(entry: RosterEntry, key: str | None, client: httpx2.AsyncClient) -> AnyModel:
    from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415 - one SDK, not six
    from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415 - likewise

    provider = AnthropicProvider(base_url=url_of(entry), api_key=key, http_client=client)
    provider.client.max_retries = 0
    return AnthropicModel(entry.model, provider=provider)


def _google(entry: RosterEntry, key: str | None, client: httpx2.AsyncClient) -> AnyModel:
    from pydantic_ai.models.google import GoogleModel  # noqa: PLC0415 - one SDK, not six
    from pydantic_ai.providers.google import GoogleProvider  # noqa: PLC0415 - likewise

    provider = GoogleProvider(base_url=url_of(entry), api_key=key, http_client=client)
    return GoogleModel(entry.model, provider=provider)


def _mistral(entry: RosterEntry, key: str | None, client: httpx2.AsyncClient) -> AnyModel:
    from pydantic_ai.models.mistral import MistralModel  # noqa: PLC0415 - one SDK, not six
    from pydantic_ai.providers.mistral import MistralProvider  # noqa: PLC0415 - likewise

    provider = MistralProvider(base_url=url_of(entry), api_key=key, http_client=client)
    return MistralModel(entry.model, provider=provider)


def _bedrock(entry: RosterEntry, key: str | None, _: httpx2.AsyncClient) -> AnyModel:
    from pydantic_ai.models.bedrock import BedrockConverseModel  # noqa: PLC0415 - one SDK, not six
    from pydantic_ai.providers.bedrock import BedrockProvider  # noqa: PLC0415 - likewise

    from countermine.models.providers.aws import bedrock_client  # noqa: PLC0415 - likewise

    provider = BedrockProvider(bedrock_client=bedrock_client(entry, key))
    return BedrockConverseModel(entry.model, provider=provider)


_MAKERS: Mapping[
    ProviderKind, Callable[[RosterEntry, str | None, httpx2.AsyncClient], AnyModel]
] = {
    ProviderKind.OPENAI_COMPATIBLE: _compatible,
    ProviderKind.OPENAI: _openai,
    ProviderKind.ANTHROPIC: _anthropic,
    ProviderKind.GOOGLE: _google,
    ProviderKind.MISTRAL: _mistral,
    ProviderKind.BEDROCK: _bedrock,
}
