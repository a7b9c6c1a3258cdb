"""Programs whose first word that is no option is a program itself."""

STREAM_EDITORS = frozenset({"sed", "gsed", "awk", "gawk", "mawk", "nawk"})
"""In their scripts files are written and other programs are started: ``w`` and ``e`` of GNU sed
(https://www.gnu.org/software/sed/manual/sed.html, "Other Commands"), ``system()`` of awk."""
