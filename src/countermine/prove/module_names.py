"""The names by which files of a target are imported."""

from pathlib import PurePosixPath

from countermine.core.environment import Environment
from countermine.core.spans import TreePath


def module_name(path: TreePath, environment: Environment) -> str | None:
    """Return the name a file is imported by, or ``None`` where it has none."""
    pure = PurePosixPath(path)
    roots = sorted(environment.import_roots, key=len, reverse=True)
    for root in roots:
        folder = PurePosixPath(root)
        if not pure.is_relative_to(folder):
            continue
        inner = pure.relative_to(folder)
        parts = inner.parent.parts if inner.name == "__init__.py" else inner.with_suffix("").parts
        if parts and all(part.isidentifier() for part in parts) and parts[-1] != "__main__":
            return ".".join(parts)
    return None
