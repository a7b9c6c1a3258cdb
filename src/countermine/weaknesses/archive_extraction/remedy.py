"""Remedies: members that would leave the folder are refused."""

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.paths import contain_path
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, argument, has_starred, misfit, sink_call

_TAR_FORMATS = frozenset({"tar", "gztar", "bztar", "xztar", "zstdtar"})
_TAR_SUFFIXES = (".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tbz2", ".txz")


def _extraction_filter(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    method = call.func.attr.value if call and isinstance(call.func, cst.Attribute) else None
    if call is None or has_starred(call):
        misfit("the call that extracts cannot be told")
    if site.callee(call) == "shutil.unpack_archive":
        if not _is_surely_tar(call):
            misfit("an archive that may be a zip file takes no extraction filter")
    elif method not in {"extractall", "extract"} or "rar" in site.finding.sink:
        misfit("only tar archives have extraction filters")
    given = argument(call, None, "filter")
    if given is not None and site.code(given.value) not in {
        '"fully_trusted"',
        "'fully_trusted'",
        "None",
        "tarfile.fully_trusted_filter",
    }:
        misfit("the call has a filter already")
    draft.set_keyword(call, "filter", '"data"')
    return "Refuse archive members that leave the folder"


def _is_surely_tar(call: cst.Call) -> bool:
    kind = argument(call, 2, "format")
    if kind is not None and isinstance(kind.value, cst.SimpleString):
        return kind.value.evaluated_value in _TAR_FORMATS
    name = argument(call, 0, "filename")
    if name is None or not isinstance(name.value, cst.SimpleString):
        return False
    return str(name.value.evaluated_value).endswith(_TAR_SUFFIXES)


REMEDIES = (
    remedy("extraction-filter", _extraction_filter),
    remedy("contained-path", contain_path, along_trace=True),
)
