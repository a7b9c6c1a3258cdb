"""Remedies: paths are held to the folder that the code joins them to."""

from countermine.fix.paths import contain_path
from countermine.fix.prefix_checks import compare_by_folder
from countermine.fix.rewrite import remedy

REMEDIES = (
    remedy("check-by-folder", compare_by_folder, along_trace=True),
    remedy("contained-path", contain_path, along_trace=True),
)
