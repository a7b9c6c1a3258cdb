"""Remedies: loaders that build plain data only."""

import re

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, argument, has_starred, misfit, other_kind, sink_call

_YAML_UNSAFE = {"load", "load_all", "full_load", "full_load_all", "unsafe_load", "unsafe_load_all"}
_YAML = ("yaml", "ruamel.yaml")
"""Modules with the interface of PyYAML."""
_SAFE_LOADERS = {"yaml.SafeLoader", "yaml.CSafeLoader", "yaml.cyaml.CSafeLoader"}
_SAFE_LOADERS |= {"ruamel.yaml.SafeLoader", "ruamel.yaml.CSafeLoader"}


def _call(site: Site) -> tuple[cst.Call, str]:
    call = sink_call(site)
    name = site.callee(call) if call else None
    if call is None or name is None:
        misfit("what is called cannot be told")
    if has_starred(call):
        misfit("the call unpacks its arguments, so what it is given cannot be told")
    return call, name


def _safe_yaml_loader(site: Site, draft: Draft) -> str | NoRemedy:
    call, name = _call(site)
    module = next((one for one in _YAML if name.startswith(f"{one}.")), "")
    short = name.removeprefix(f"{module}.")
    if not module or short not in _YAML_UNSAFE:
        other_kind()
    if _has_own_tags(site.tree.source.utf8):
        misfit("documents have tags of the project's own here, which a safe loader does not know")
    loader = argument(call, 1, "Loader") if short in {"load", "load_all"} else None
    if loader is not None:
        written = site.resolve(loader.value)
        if written in _SAFE_LOADERS:
            misfit("the loader is a safe one already")
        meanings = {written} if written else _imported_as(site, loader.value)
        if not meanings or not all(meaning.startswith(f"{module}.") for meaning in meanings):
            misfit(f"{site.code(loader.value)} may build more than plain data on purpose")
        draft.remove_argument(call, loader)
    safe = "safe_load_all" if short.endswith("load_all") else "safe_load"
    if isinstance(call.func, cst.Attribute):
        draft.replace(call.func.attr, safe)
    else:
        draft.replace(call.func, draft.name(module, safe))
    return "Load YAML as plain data only"


_TAGS = re.compile(
    rb"\byaml\.add_(?:(?:multi_)?constructor|implicit_resolver)\([^\n]*(?:\n[ \t)][^\n]*)*"
    rb"|\((?:yaml\.)?YAMLObject\):(?:\n(?:[ \t][^\n]*)?)*"
)
"""What teaches loaders a tag, with the lines that belong to it."""


def _has_own_tags(text: bytes) -> bool:
    """Tell whether a module teaches the loaders that are not safe ones a tag."""
    return any(b"Safe" not in found[0] for found in _TAGS.finditer(text))


def _imported_as(site: Site, node: cst.BaseExpression) -> set[str]:
    """Return what a name may mean where several imports bind it, and nothing else does."""
    module = site.scopes[0]
    if not isinstance(node, cst.Name) or node.value in module.others:
        return set()
    return {bound.target for bound in module.imports if bound.local == node.value}


def _safe_ruamel(site: Site, draft: Draft) -> str | NoRemedy:
    call, name = _call(site)
    if name != "ruamel.yaml.YAML":
        other_kind()
    kind = argument(call, None, "typ")
    if kind is None or site.code(kind.value).strip("\"'") != "unsafe":
        misfit("the loader is a safe one already")
    draft.replace(kind.value, '"safe"')
    return "Load YAML as plain data only"


_KEYWORDS = {"torch.load": ("weights_only", "True"), "numpy.load": ("allow_pickle", "False")}


def _no_pickle(site: Site, draft: Draft) -> str | NoRemedy:
    """Loaders of numbers that can do without pickle."""
    call, name = _call(site)
    if name not in _KEYWORDS:
        other_kind()
    keyword, value = _KEYWORDS[name]
    given = argument(call, None, keyword)
    if given is not None and site.code(given.value) == value:
        misfit("the call does without pickle already")
    draft.set_keyword(call, keyword, value)
    return "Load numbers without pickle"


_PICKLE = frozenset(
    f"{module}.{name}" for module in ("pickle", "_pickle") for name in ("load", "loads")
)
_UNPICKLER = '''
class _PlainUnpickler({pickle}.Unpickler):
    """Builds plain data only: no class and no function of any module."""

    def find_class(self, module, name):
        """Refuse what is not among the containers that need no code of their own."""
        plain = {{
            "builtins": {{"set", "frozenset", "bytearray", "complex", "range", "slice"}},
            "collections": {{"OrderedDict", "deque"}},
            "datetime": {{"date", "datetime", "time", "timedelta", "timezone"}},
            "decimal": {{"Decimal"}},
        }}
        if name in plain.get(module, ()):
            return super().find_class(module, name)
        raise {pickle}.UnpicklingError(f"{{module}}.{{name}} is not plain data")
'''


def _plain_unpickler(site: Site, draft: Draft) -> str | NoRemedy:
    call, name = _call(site)
    if name not in _PICKLE:
        other_kind()
    if len(call.args) != 1:
        misfit("the call has options that the restricted reader would have to take over")
    pickle = draft.module_in_helper("pickle")
    helper = draft.helper("_PlainUnpickler", _UNPICKLER.format(pickle=pickle))
    source = site.code(call.args[0].value)
    if name.endswith(".loads"):
        source = f"{draft.module('io')}.BytesIO({source})"
    draft.replace(call, f"{helper}({source}).load()")
    return "Unpickle plain data only"


REMEDIES = (
    remedy("safe-yaml-loader", _safe_yaml_loader),
    remedy("safe-ruamel-loader", _safe_ruamel),
    remedy("no-pickle", _no_pickle),
    remedy("plain-unpickler", _plain_unpickler),
)
