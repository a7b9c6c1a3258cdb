"""Keys of providers: from the environment or the system's keyring, never from a file of ours.

A key goes from here into a client and nowhere else; what is said of a fault is cleared of it.
"""

# typing.override is younger than the oldest Python that this runs on.
# mypy: disable-error-code="explicit-override"

from collections.abc import Mapping

from countermine.core.models import CallOutcome
from countermine.models.options import ProviderKind, RosterEntry
from countermine.models.providers.failing import CallFailedError

USUAL_VARIABLES: Mapping[ProviderKind, tuple[str, ...]] = {
    ProviderKind.OPENAI_COMPATIBLE: (),
    ProviderKind.OPENAI: ("OPENAI_API_KEY",),
    ProviderKind.ANTHROPIC: ("ANTHROPIC_API_KEY",),
    ProviderKind.GOOGLE: ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    ProviderKind.BEDROCK: ("AWS_BEARER_TOKEN_BEDROCK",),
    ProviderKind.MISTRAL: ("MISTRAL_API_KEY",),
}
"""Where each provider's own tools look. None for servers that speak another's protocol: a key for
one service must not go to another."""

KEYLESS = frozenset({ProviderKind.OPENAI_COMPATIBLE, ProviderKind.BEDROCK})
"""Asked without a key too: many servers need none, and AWS has credentials of its own."""


class NoKeyError(CallFailedError):
    """A provider wants a key and there is none; says where one was looked for."""

    def __init__(self, reason: str) -> None:
        """Say where."""
        super().__init__(CallOutcome.WITHDRAWN, reason)


class Key:
    """A key that no text, log or trace can show by accident."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        """Hold a secret."""
        self._secret = secret

    def __repr__(self) -> str:
        """Say that there is one."""
        return "Key(...)"

    def reveal(self) -> str:
        """Return the key itself, for the client that sends it."""
        return self._secret

    def clear(self, text: str) -> str:
        """Return a text without the key."""
        return text.replace(self._secret, "[key]") if self._secret else text


def key_for(name: str, entry: RosterEntry, environment: Mapping[str, str]) -> Key | None:
    """Return the key of a roster's entry, or ``None`` where its provider is asked without one.

    Args:
        name: Of the entry; the name of the key in the keyring.
        entry: Says where the key is.
        environment: The variables.

    Raises:
        NoKeyError: If there is none and the provider wants one.
    """
    if entry.keyring_service is not None:
        secret = _from_keyring(entry.keyring_service, name)
        if not secret:
            message = f"the keyring has no key {name!r} of service {entry.keyring_service!r}"
            raise NoKeyError(message)
        return Key(secret)
    usual = USUAL_VARIABLES[entry.provider]
    variables = (entry.key_variable,) if entry.key_variable is not None else usual
    for variable in variables:
        secret = environment.get(variable, "").strip()
        if secret:
            return Key(secret)
    if entry.key_variable is None and entry.provider in KEYLESS:
        return None
    message = f"no key: the environment variable {' or '.join(variables)} is not set"
    raise NoKeyError(message)


def _from_keyring(service: str, name: str) -> str | None:
    import keyring  # noqa: PLC0415 - looks for back ends when it is loaded
    from keyring.errors import KeyringError  # noqa: PLC0415 - likewise

    try:
        return keyring.get_password(service, name)
    except KeyringError as error:
        message = f"the keyring cannot be read: {type(error).__name__}"
        raise NoKeyError(message) from error
