"""Small whole programs, searched for every weakness."""

from pathlib import Path

from countermine.catalogue.loader import load
from countermine.core.inventory import FileRole, Inventory, SourceFile
from countermine.core.spans import tree_path
from countermine.find.flows import find_flows
from countermine.find.request import FindRequest, FindResult
from countermine.ports.progress import Silent
from countermine.weaknesses.facts_index import ALL_FACTS


def search(root: Path, **texts: str) -> FindResult:
    """Search modules, given by their names."""
    files = []
    for name in sorted(texts):
        path = root / f"{name}.py"
        path.write_text(texts[name], encoding="utf-8")
        size = path.stat().st_size
        files.append(SourceFile(path=tree_path(path.name), size_bytes=size, role=FileRole.SOURCE))
    inventory = Inventory(root=str(root), files=tuple(files), skipped=())
    request = FindRequest(inventory=inventory, catalogue=load(), weaknesses=ALL_FACTS)
    return find_flows(request, Silent())


def found_lines(root: Path, weakness: str, **texts: str) -> list[str]:
    """Return the first lines of the places of one weakness's findings, stripped."""
    lines = []
    for finding in search(root, **texts).findings:
        if finding.weakness == weakness:
            text = texts[finding.location.path.removesuffix(".py")].encode()
            start = text.rfind(b"\n", 0, finding.location.start_byte) + 1
            lines.append(text[start:].split(b"\n", 1)[0].decode().strip())
    return lines
