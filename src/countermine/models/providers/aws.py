"""A client for Bedrock that asks once, so that retries and waits are ours."""

# typing.override is younger than the oldest Python that this runs on.
# mypy: disable-error-code="explicit-override"

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.session import Session
from botocore.tokens import FrozenAuthToken

from countermine.core.models import CallOutcome
from countermine.models.options import RosterEntry
from countermine.models.providers.failing import CallFailedError


def bedrock_client(entry: RosterEntry, key: str | None) -> BaseClient:
    """Return a client for the region of an entry.

    Args:
        entry: Names the region; without one, AWS's own settings do.
        key: Of the service itself; without one, AWS's own credentials hold.

    Raises:
        CallFailedError: If AWS's own settings do not suffice.
    """
    bearer = {"signature_version": "bearer"} if key is not None else {}
    config = Config(
        connect_timeout=min(entry.timeout_s, 10.0),
        read_timeout=entry.timeout_s,
        retries={"total_max_attempts": 1},
        **bearer,
    )
    own = _KeySession(key) if key is not None else None
    try:
        session = boto3.Session(botocore_session=own, region_name=entry.region)
        return session.client("bedrock-runtime", config=config, endpoint_url=entry.url)
    except (BotoCoreError, ValueError) as error:
        raise CallFailedError(CallOutcome.WITHDRAWN, f"AWS: {error}") from error


class _KeySession(Session):  # type: ignore[misc] # botocore has no types
    """A session with a key of the service in the place of credentials."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def get_auth_token(self, **_: object) -> FrozenAuthToken:
        return FrozenAuthToken(self._key)

    def get_credentials(self) -> None:
        return None
