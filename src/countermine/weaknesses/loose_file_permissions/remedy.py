"""Remedies: no writing for everyone, and files that are closed to others when they are made."""

from collections.abc import Iterator

import libcst as cst

from countermine.core.knowledge import NoRemedy
from countermine.fix.bindings import module_value
from countermine.fix.rewrite import Draft, remedy
from countermine.fix.site import Site, argument, has_starred, misfit, other_kind
from countermine.fix.tree import descend

_CHMODS = frozenset({"os.chmod", "os.fchmod", "os.lchmod"})
_WRITING = 0o022
_HELPER = "_closed_to_others"
_OWNER = "_for_its_owner"
_NARROW = frozenset({"0o600", "0o400", "stat.S_IRUSR", "stat.S_IRUSR | stat.S_IWUSR"})


def _call(site: Site) -> cst.Call:
    if not isinstance(site.node, cst.Call) or has_starred(site.node):
        misfit("what is called cannot be told")
    return site.node


def _mode(site: Site, call: cst.Call) -> cst.Arg:
    """Return the argument that says which rights are given."""
    position = 1 if site.callee(call) in _CHMODS else 0
    found = argument(call, position, "mode")
    if found is None:
        other_kind()
    return found


def _no_writing(site: Site, draft: Draft) -> str | NoRemedy:
    call = _call(site)
    if site.callee(call) == "os.umask":
        draft.replace(call.args[0], "0o022")
        return "Let new files be written by their owner only"
    given = _mode(site, call).value
    if isinstance(given, cst.Name):
        given = _only_use(site, given)
    if site.resolve(given) == "stat.S_IRWXO":
        owner = site.code(given).removesuffix("S_IRWXO")
        draft.replace(given, f"{owner}S_IROTH | {owner}S_IXOTH")
    elif isinstance(given, cst.Integer) and given.evaluated_value & 0o002:
        draft.replace(given, f"0o{given.evaluated_value & ~_WRITING:o}")
    else:
        other_kind()
    return "Let nobody but the owner write"


def _only_use(site: Site, name: cst.Name) -> cst.BaseExpression:
    """Return what the module gives a name that is used for this alone."""
    value = module_value(site, name.value)
    uses = [
        node
        for node in descend(site.tree.module)
        if isinstance(node, cst.Name) and node.value == name.value
    ]
    if value is None or len(uses) != 2:  # noqa: PLR2004 - where it is given, and here
        misfit(f"{name.value!r} is used for more than this call")
    return value


def _closed_at_once(site: Site, draft: Draft) -> str | NoRemedy:
    """Make the file with the rights that it gets later."""
    call = _call(site)
    path = _closed_path(site, call)
    wanted = site.code(path)
    body = site.function or site.tree.module
    end = site.tree.range(call)[0]
    for node in descend(body):
        if not isinstance(node, cst.Call) or site.tree.range(node)[0] >= end:
            continue
        if _opens_for_writing(site, node, wanted):
            draft.add_argument(node, f"opener={_opener(draft)}")
            break
        if _writes_path(node, site, wanted):
            _made_before(site, draft, node, f"{wanted}.touch(mode=0o600)")
            break
        if _connects(site, node, wanted):
            _made_before(site, draft, node, _making(site, call, wanted))
            break
    else:
        misfit("where the file is made cannot be told")
    return "Close the file to others when it is made"


def _for_its_owner(site: Site, draft: Draft) -> str | NoRemedy:
    """Make the file that a secret is written to for its owner alone."""
    call = _call(site)
    file = _written(site, call)
    body = site.function or site.tree.module
    opened = [node for node in descend(body) if isinstance(node, cst.With | cst.Assign)]
    calls = [one for node in opened for one in _opened_as(node, file)]
    if len(calls) != 1 or not _is_opened_to_write(site, calls[0]):
        misfit("where the file is made cannot be told")
    draft.add_argument(calls[0], f"opener={_owner_opener(draft)}")
    return "Make the file for its owner alone"


def _written(site: Site, call: cst.Call) -> str:
    """Return the name of the file object that a call writes to."""
    method = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
    value: cst.BaseExpression | None = None
    if method in {"write", "writelines"} and isinstance(call.func, cst.Attribute):
        value = call.func.value
    elif method == "dump":
        given = argument(call, 1, "fp") or argument(call, 1, "file")
        value = None if given is None else given.value
    if not isinstance(value, cst.Name):
        other_kind()
    return site.code(value)


def _opened_as(node: cst.With | cst.Assign, name: str) -> Iterator[cst.Call]:
    """Yield the calls whose result a statement gives a name."""
    if isinstance(node, cst.Assign):
        targets = [one.target for one in node.targets]
        pairs = [(node.value, one) for one in targets]
    else:
        pairs = [(one.item, one.asname.name) for one in node.items if one.asname is not None]
    for value, target in pairs:
        if isinstance(target, cst.Name) and target.value == name and isinstance(value, cst.Call):
            yield value


def _is_opened_to_write(site: Site, node: cst.Call) -> bool:
    file = argument(node, 0, "file")
    return file is not None and _opens_for_writing(site, node, site.code(file.value))


def _owner_opener(draft: Draft) -> str:
    os, stat = draft.module_in_helper("os"), draft.module_in_helper("stat")
    return draft.helper(
        _OWNER,
        f'''
def {_OWNER}(path, flags):
    """Open a file that nobody but its owner reads; one that was there is closed to others."""
    descriptor = {os}.open(path, flags, 0o600)
    facts = {os}.fstat(descriptor)
    if {stat}.S_ISREG(facts.st_mode) and facts.st_mode & 0o007 and {os}.name == "posix":
        try:
            {os}.chmod(descriptor, {stat}.S_IMODE(facts.st_mode) & ~0o077)
        except PermissionError:
            pass  # the file is somebody else's
    return descriptor
''',
    )


def _closed_path(site: Site, call: cst.Call) -> cst.BaseExpression:
    """Return the path of a call that closes a file to others."""
    given = _mode(site, call)
    code = site.code(given.value)
    narrow = isinstance(given.value, cst.Integer) and given.value.evaluated_value in {0o600, 0o400}
    if not narrow and code not in _NARROW:
        other_kind()
    if site.callee(call) == "os.chmod":
        path = argument(call, 0, "path")
        if path is None:
            misfit("which file it is cannot be told")
        return path.value
    if not isinstance(call.func, cst.Attribute):
        other_kind()
    return call.func.value


def _opens_for_writing(site: Site, node: cst.Call, path: str) -> bool:
    if site.callee(node) not in {None, "open", "builtins.open", "io.open"} or (
        site.code(node.func) not in {"open", "io.open"}
    ):
        return False
    file, mode = argument(node, 0, "file"), argument(node, 1, "mode")
    writes = (
        mode is not None
        and isinstance(mode.value, cst.SimpleString)
        and any(sign in str(mode.value.evaluated_value) for sign in "wax")
    )
    return (
        writes
        and file is not None
        and site.code(file.value) == path
        and argument(node, 7, "opener") is None
    )


def _opener(draft: Draft) -> str:
    os = draft.module_in_helper("os")
    return draft.helper(
        _HELPER,
        f'''
def {_HELPER}(path, flags):
    """Open a file for the owner only, where it is made."""
    return {os}.open(path, flags, 0o600)
''',
    )


def _writes_path(node: cst.Call, site: Site, path: str) -> bool:
    match node.func:
        case cst.Attribute(value=value, attr=cst.Name(value="write_text" | "write_bytes")):
            return site.code(value) == path
        case _:
            return False


def _connects(site: Site, node: cst.Call, path: str) -> bool:
    """Tell whether a call opens the database of a path, or is a method that does."""
    within: cst.CSTNode | None = node
    match node.func:
        case cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value=method)):
            within = _method(site, method)
        case _:
            pass
    return within is not None and any(
        isinstance(one, cst.Call)
        and site.code(one.func) == "sqlite3.connect"
        and (given := argument(one, 0, "database")) is not None
        and site.code(given.value) == path
        for one in (node, *descend(within))
    )


def _method(site: Site, name: str) -> cst.FunctionDef | None:
    """Return the one function of the file that has a name."""
    found = [
        one
        for one in descend(site.tree.module)
        if isinstance(one, cst.FunctionDef) and one.name.value == name
    ]
    return found[0] if len(found) == 1 else None


def _making(site: Site, call: cst.Call, path: str) -> str:
    """Return source that makes the file of a path for its owner only, if there is none."""
    if not isinstance(call.func, cst.Attribute) or site.callee(call) != "os.chmod":
        misfit("where the file is made cannot be told")
    os = site.code(call.func.value)
    return f"{os}.close({os}.open({path}, {os}.O_RDWR | {os}.O_CREAT, 0o600))"


def _made_before(site: Site, draft: Draft, node: cst.Call, making: str) -> None:
    """Put the making of the file on a line before the statement that writes it."""
    chain = site.tree.chain(site.tree.range(node))
    line = next((one for one in reversed(chain) if isinstance(one, cst.SimpleStatementLine)), None)
    if line is None:
        misfit("where the file is made cannot be told")
    start = site.tree.range(line.body[0])[0]
    draft.insert(start, f"{making}\n{site.tree.indent_at(start)}")


REMEDIES = (
    remedy("no-writing-for-everyone", _no_writing),
    remedy("closed-when-made", _closed_at_once),
    remedy("made-for-its-owner", _for_its_owner),
)
