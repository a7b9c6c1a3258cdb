"""Where a text holds what a chat format, or we, would read as its own.

Some servers turn the marks of their chat format into control tokens wherever they stand, so that a
file could end the user's turn and begin one of the system's. They are hidden like secrets, and
put back into edits likewise.
"""

import re
from collections.abc import Iterator

_FORMATS = re.compile(
    r"(?i)[<\[](?:"
    r"\|[^<>|\n]{1,60}\|>"  # ChatML, Llama 3, Phi, Qwen
    r"|\uff5c[^<>\uff5c\n]{1,60}\uff5c>"  # DeepSeek
    r"|/?INST\]|</?SYS>>|/?s>"  # Llama 2, Mistral
    r"|/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|ARGS)\]"
    r"|(?:bos|eos|pad|unk|start_of_turn|end_of_turn|unused\d{1,4})>"  # Gemma
    r"|/?(?:tool_call|tool_response|tool_result|function_calls|think)>)"
)
_OURS = re.compile(r"(?im)^[^\S\n]*<{3,}(?:material|end)\b")
"""Of ``request.material_block``."""


def control_places(text: str) -> Iterator[tuple[int, int]]:
    """Yield where such marks stand; they do not overlap."""
    yield from (found.span() for found in _FORMATS.finditer(text))
    if "<<<" in text:
        yield from (found.span() for found in _OURS.finditer(text))


def without_marks(text: str) -> str:
    """Return a text that is only looked at, such as an answer that was no use, without them."""
    return _OURS.sub("(a mark)", _FORMATS.sub("(a mark)", text))
