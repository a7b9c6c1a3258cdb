"""A path, a git URL or a release on the package index becomes a read-only tree."""
