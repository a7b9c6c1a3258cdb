"""``[models]`` of the configuration: a roster of language models, their bounds, and privacy.

Plain classes: the command line reads them at every start, so nothing heavy may be imported here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from countermine.core.models import ModelTask

_STRICT = {"extra": "forbid", "use_attribute_docstrings": True}
"""For pydantic, which reads these classes at the border: an unknown key is an error."""


class ProviderKind(StrEnum):
    """Which protocol a provider speaks."""

    OPENAI_COMPATIBLE = "openai-compatible"
    """vLLM, Ollama, llama.cpp and gateways; needs ``url``."""
    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GOOGLE = "google"
    BEDROCK = "bedrock"
    MISTRAL = "mistral"


class Privacy(StrEnum):
    """What may leave the machine."""

    LOCAL_ONLY = "local-only"
    """Nothing: only models on this machine's loopback are asked."""
    REDACTED = "redacted"
    """The least that a task needs, without secrets and without paths outside the target."""


class Structure(StrEnum):
    """How an answer is held to its schema."""

    AUTO = "auto"
    """As the model's provider can: by its grammar, or else by words."""
    NATIVE = "native"
    """The provider holds the answer to the JSON schema."""
    TOOL = "tool"
    """The answer is the arguments of a tool call."""
    PROMPTED = "prompted"
    """The schema stands in the question; the answer is parsed tolerantly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """``[models.roster.NAME]``: one model of one provider."""

    __pydantic_config__ = _STRICT

    provider: ProviderKind
    """Which protocol it speaks."""
    model: str
    """The model's name as the provider knows it."""
    url: str | None = None
    """Where it is, such as ``http://127.0.0.1:8080/v1``; for a compatible server, or a gateway."""
    key_variable: str | None = None
    """Environment variable that holds the key; the provider's usual one where left out."""
    keyring_service: str | None = None
    """Service in the system's keyring that holds the key, under the entry's name."""
    region: str | None = None
    """For ``bedrock``."""
    serves: tuple[str, ...] = ()
    """Names under which the same model may answer, beside its own and its own with a date."""
    structure: Structure = Structure.AUTO
    """How answers are held to their schema."""
    context_tokens: int = 32_000
    """Longest question and answer together."""
    input_usd_per_million: float | None = None
    """Price of a million tokens of questions; looked up for known models where left out."""
    output_usd_per_million: float | None = None
    """Price of a million tokens of answers."""
    timeout_s: float = 120.0
    """Seconds in which the whole answer must be there."""
    retries: int = 2
    """How often the same question is put to it again after trouble that may pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """``[models.caps.*]``: bounds that no call may cross; what is left out is not bounded."""

    __pydantic_config__ = _STRICT

    usd: float | None = None
    """Money; a model on this machine costs nothing."""
    tokens: int | None = None
    """Tokens of questions and answers together."""
    calls: int | None = None
    """Calls that are sent."""
    seconds: float | None = None
    """Time that calls take, all added up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllCaps:
    """``[models.caps]``."""

    __pydantic_config__ = _STRICT

    run: Caps = Caps(usd=5.0, calls=2_000)
    """For a run."""
    case: Caps = Caps(usd=1.0, calls=40)
    """For each case."""
    task: Mapping[ModelTask, Caps] = field(default_factory=dict)
    """For each task over a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """``[models]``: taken from the user's own file, or one that ``--config`` names."""

    __pydantic_config__ = _STRICT

    roster: Mapping[str, RosterEntry] = field(default_factory=dict)
    """The models by a name of the user's choice."""
    order: tuple[str, ...] = ()
    """Names of the roster, first choice first; as they stand in the file where left out."""
    tasks: Mapping[ModelTask, tuple[str, ...]] = field(default_factory=dict)
    """The order for a task, where it is another; an empty list is no model for it."""
    privacy: Privacy = Privacy.REDACTED
    """What may leave the machine."""
    caps: AllCaps = AllCaps()
    """Bounds on money, tokens, calls and time."""
    candidates: int = 3
    """Patches that are asked for in a round."""
    rounds: int = 2
    """Rounds of patches for a case; the second is told what the gates saw of the first."""
    hypotheses: bool = False
    """Also ask, in ``run`` and ``find``, where flaws may be that the analysis cannot see."""
    cache: bool = True
    """Keep answers in the state folder, so that the same question is paid for once."""
