"""Remedies: paths are held to the folder that the code joins them to."""

from countermine.fix.paths import contain_path
from countermine.fix.rewrite import remedy

REMEDIES = (remedy("contained-path", contain_path, along_trace=True),)
