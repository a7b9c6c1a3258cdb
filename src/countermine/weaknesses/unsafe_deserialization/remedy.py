"""Remedies: loaders that build plain data only."""

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, argument, has_starred, sink_call

_YAML_UNSAFE = {"load", "load_all", "full_load", "full_load_all", "unsafe_load", "unsafe_load_all"}
_SAFE_LOADERS = {"yaml.SafeLoader", "yaml.CSafeLoader", "yaml.cyaml.CSafeLoader"}


def _yaml_safe_load(site: Site, draft: Draft) -> str | NoRemedy:
    call = sink_call(site)
    name = site.callee(call) if call else None
    if call is None or name is None or not name.startswith("yaml."):
        return NoRemedy(reason="this is no call of PyYAML")
    short = name.removeprefix("yaml.")
    if short not in _YAML_UNSAFE:
        return NoRemedy(reason=f"{name} builds plain data only")
    if has_starred(call):
        return NoRemedy(reason="the call unpacks its arguments, so its loader cannot be told")
    loader = argument(call, 1, "Loader") if short in {"load", "load_all"} else None
    if loader is not None:
        written = site.resolve(loader.value)
        if written in _SAFE_LOADERS:
            return NoRemedy(reason="the loader is a safe one already")
        if written is None or not written.startswith("yaml."):
            return NoRemedy(
                reason=f"{site.code(loader.value)} may build more than plain data on purpose"
            )
        draft.remove_argument(call, loader)
    safe = "safe_load_all" if short.endswith("load_all") else "safe_load"
    if isinstance(call.func, cst.Attribute):
        draft.replace(call.func.attr, safe)
    else:
        draft.replace(call.func, draft.name("yaml", safe))
    return "Load YAML as plain data only"


REMEDIES = (remedy("yaml-safe-load", _yaml_safe_load),)
