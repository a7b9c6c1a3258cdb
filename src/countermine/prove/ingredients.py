"""What a value is made of: a digest that leaves the secret out is worse than a weak one. Pure."""

import ast

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def left_out(before: bytes, after: bytes, qualname: str) -> tuple[str, ...]:
    """Return the parameters that a function used before and does not use any more.

    A parameter may get another name: places in the signature are compared. Nothing is said of a
    function that is not in both texts.
    """
    old, new = (_function(text, qualname) for text in (before, after))
    if old is None or new is None:
        return ()
    names, now = _names(old), _names(new)
    still = _read(new)

    def gone(place: int, name: str) -> bool:
        if name in now:
            return name not in still
        renamed = now[place] if place < len(now) and now[place] not in names else None
        return renamed not in still

    used = _read(old)
    return tuple(name for place, name in enumerate(names) if name in used and gone(place, name))


def _function(text: bytes, qualname: str) -> _Function | None:
    try:
        node: ast.AST = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for part in qualname.split("."):
        if part == "<locals>":
            continue
        inside = (
            one
            for one in ast.walk(node)
            if isinstance(one, _Function | ast.ClassDef) and one.name == part and one is not node
        )
        found = next(inside, None)
        if found is None:
            return None
        node = found
    return node if isinstance(node, _Function) else None


def _names(function: _Function) -> list[str]:
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [name for name in names if name not in {"self", "cls"}]


def _read(function: _Function) -> set[str]:
    """Return the names that the body reads."""
    return {
        node.id
        for statement in function.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
