"""Names that people write for what was found: ids, aliases, cases, fingerprints, near misses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

_CASE = re.compile(r"(?P<weakness>[a-z-]+)-(?P<digits>[0-9a-f]{8})")
_FINGERPRINT = re.compile(r"[0-9a-f]{16,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names that weaknesses answer to."""

    ids: Mapping[str, str]
    """Id by each name: by itself, and by its aliases."""

    def canonical(self, written: str) -> str | None:
        """Return the id, case id or fingerprint that was meant; ``None`` where it is none."""
        name = written.strip().lower()
        if name in self.ids:
            return self.ids[name]
        case = _CASE.fullmatch(name)
        if case is not None and case["weakness"] in self.ids:
            return f"{self.ids[case['weakness']]}-{case['digits']}"
        return name if _FINGERPRINT.fullmatch(name) else None

    def unknown(self, written: str) -> str:
        """Return the sentence that a name is unknown, with the one that was probably meant."""
        near = get_close_matches(written.strip().lower(), sorted(self.ids), n=1)
        known = ", ".join(sorted(set(self.ids.values())))
        hint = f"did you mean {near[0]}?" if near else f"known are {known}"
        return f"{written.strip()!r} is no weakness; {hint}"
