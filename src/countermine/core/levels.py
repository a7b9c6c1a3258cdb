"""The separate axes of a finding: severity, confidence, and the level of its source."""

from enum import StrEnum


class Severity(StrEnum):
    """How bad it is if the claim is true."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Return 0 for the lowest."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How likely the claim is true."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """Return 0 for the lowest."""
        return list(Confidence).index(self)


class SourceLevel(StrEnum):
    """How far away whoever controls the source may be; the farthest is the most dangerous."""

    REMOTE = "remote"
    """A request, a message, an upload."""
    FILE = "file"
    """An archive member, a parsed document."""
    LOCAL = "local"
    """Arguments and environment of the process."""
    API = "api"
    """A parameter of a public function of a library."""

    @property
    def rank(self) -> int:
        """Return 0 for the most dangerous."""
        return list(SourceLevel).index(self)
