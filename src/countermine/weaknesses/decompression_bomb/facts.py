"""What decompression bomb is."""

from countermine.core.levels import Severity, SourceLevel
from countermine.core.weakness import Cwe, WeaknessFacts, WeaknessId

FACTS = WeaknessFacts(
    id=WeaknessId("decompression-bomb"),
    cwe=Cwe(409),
    title="Decompression bomb",
    summary=("What comes from outside is decompressed whole, however much that becomes."),
    consequence="fill the memory with a few bytes that decompress to very many",
    advice=(
        "Decompress in pieces with a bound, such as the max_length of "
        "zlib.decompressobj().decompress, and refuse what is longer."
    ),
    sink_kinds=("decompression",),
    severity=Severity.MEDIUM,
    levels=(SourceLevel.REMOTE,),
)
