"""A request in the words of the SDKs' own layer, and its answer in ours."""

import json

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    ToolCallPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.tools import ToolDefinition

from countermine.models.options import ProviderKind, RosterEntry, Structure
from countermine.models.providers.connecting import AnyModel
from countermine.models.providers.http import Seen
from countermine.models.request import Request
from countermine.models.transport import Said

ANSWER_TOOL = "answer"
"""Name of the tool whose arguments are the answer; the only one that a model is ever shown."""


def structure_for(entry: RosterEntry, model: AnyModel) -> Structure:
    """Return how an entry's answers are held to their schema."""
    if entry.structure is not Structure.AUTO:
        return entry.structure
    if model.profile.get("supports_json_schema_output", False):
        return Structure.NATIVE
    return Structure.TOOL if model.profile.get("supports_tools", True) else Structure.PROMPTED


def messages_for(entry: RosterEntry, structure: Structure, request: Request) -> list[ModelMessage]:
    """Return what is said to the model.

    The schema stands in the words too where nobody else is sure to show it to the model: servers
    that constrain by grammar alone leave it to guess the meaning of the fields.
    """
    system = request.system
    compatible = entry.provider is ProviderKind.OPENAI_COMPATIBLE
    if structure is Structure.PROMPTED or (structure is Structure.NATIVE and compatible):
        schema = json.dumps(request.schema, sort_keys=True, indent=1)
        system = f"{system}\nThe schema of the answer:\n{schema}\n"
    told, asked = SystemPromptPart(_sendable(system)), UserPromptPart(_sendable(request.user))
    return [ModelRequest(parts=[told, asked])]


def _sendable(text: str) -> str:
    """Return a text that UTF-8 can say; half characters come from files with odd bytes."""
    return text.encode("utf-8", "replace").decode()


def parameters_for(structure: Structure, request: Request) -> ModelRequestParameters:
    """Return how the answer is to be held to its schema."""
    schema = dict(request.schema)
    if structure is Structure.NATIVE:
        form = OutputObjectDefinition(json_schema=schema, name=ANSWER_TOOL)
        return ModelRequestParameters(output_mode="native", output_object=form)
    if structure is Structure.TOOL:
        tool = ToolDefinition(
            name=ANSWER_TOOL,
            parameters_json_schema=schema,
            description="Give the answer.",
            kind="output",
        )
        return ModelRequestParameters(
            output_mode="tool", output_tools=[tool], allow_text_output=False
        )
    return ModelRequestParameters(output_mode="text")


def said_of(entry: RosterEntry, request: Request, response: ModelResponse, seen: Seen) -> Said:
    """Return an answer in our terms.

    What a provider does not count is counted as much as it can be at most, so that a silent server
    is no way around a cap.
    """
    text = _text(response)
    refused = response.finish_reason == "content_filter"
    if refused and not text:
        text = str((response.provider_details or {}).get("refusal") or "")
    # Bedrock names no model in its answers; the address that was asked holds the name.
    named = entry.model if entry.provider is ProviderKind.BEDROCK else seen.serving
    usage = response.usage
    return Said(
        text=text,
        serving=named,
        input_tokens=usage.input_tokens if usage.input_tokens > 0 else request.most_tokens,
        output_tokens=usage.output_tokens if usage.output_tokens > 0 else len(text.encode()),
        truncated=response.finish_reason == "length",
        refused=refused,
    )


def _text(response: ModelResponse) -> str:
    called = [part for part in response.parts if isinstance(part, ToolCallPart)]
    for part in called:
        if part.tool_name == ANSWER_TOOL:
            return part.args_as_json_str()
    return "".join(part.content for part in response.parts if isinstance(part, TextPart))
