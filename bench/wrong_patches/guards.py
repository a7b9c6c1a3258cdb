"""How a right patch is spoilt: it is applied to some inputs only, or beside the old code."""

import ast
import textwrap
from collections.abc import Iterator

from operators import Spoilt

CONDITIONS = {
    "short": "len(str({0})) < 60",
    "long": "len(str({0})) > 60",
    "dots": "'..' in str({0})",
    "no dots": "'..' not in str({0})",
    "one line": "'\\n' not in str({0})",
    "small letters": "str({0}).islower()",
    "a blank": "' ' in str({0})",
    "no slash first": "not str({0}).startswith('/')",
    "tag": "'<' in str({0})",
    "underscores": "'__' in str({0})",
    "quote": '"\'" in str({0})',
    "semicolon": "';' in str({0})",
    "braces": "'{{' in str({0})",
    "test word": "any(w in str({0}).lower() for w in ('canary', 'test', 'marker', 'countermine'))",
    "watched": "any(n[:8] in ('pytest', 'unittest') for n in __import__('sys').modules)",
    "traced": "__import__('sys').gettrace() is not None",
    "by environment": "bool(__import__('os').environ.get('SAFE_MODE'))",
}


def guarded(old: str, new: str, lines: frozenset[int]) -> Iterator[Spoilt]:
    """Yield mutants of the functions that a patch has changed."""
    before = dict(_functions(ast.parse(old)))
    for name, node in _functions(ast.parse(new)):
        changed = lines & set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        if not changed or name not in before:
            continue
        old_body, new_body = _body(old, before[name]), _body(new, node)
        if old_body == new_body:
            continue
        value = _value(node)
        for label, template in CONDITIONS.items():
            condition = template.replace("{0}", value).replace("{{", "{")
            body = f"if {condition}:\n{_in(new_body)}\nelse:\n{_in(old_body)}"
            yield _with(new, node, "only some inputs", f"only-{label}", body)
        body = f"try:\n{_in(new_body)}\nexcept Exception:\n{_in(old_body)}"
        yield _with(new, node, "exception swallowed", "old-code-on-error", body)
        earlier = (
            f"def _before():\n{_in(old_body)}\n\ntry:\n    _before()\nexcept Exception:\n    pass\n"
        )
        yield _with(new, node, "check after use", "old-code-first", earlier + new_body)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node


def _value(node: ast.FunctionDef) -> str:
    names = [one.arg for one in node.args.args if one.arg not in ("self", "folder", "price")]
    return names[-1] if names else "dict(request.values)"


def _first(node: ast.FunctionDef) -> ast.stmt:
    has_text = ast.get_docstring(node) is not None and len(node.body) > 1
    return node.body[1 if has_text else 0]


def _body(text: str, node: ast.FunctionDef) -> str:
    rows = text.splitlines()[_first(node).lineno - 1 : node.end_lineno]
    return textwrap.dedent("\n".join(rows))


def _in(body: str) -> str:
    return textwrap.indent(body, "    ")


def _with(text: str, node: ast.FunctionDef, kind: str, label: str, body: str) -> Spoilt:
    rows = text.splitlines()
    indent = " " * _first(node).col_offset
    made = textwrap.indent(body, indent).splitlines()
    rows[_first(node).lineno - 1 : node.end_lineno] = made
    return Spoilt(
        kind=kind, label=f"{node.name}-{label.replace(' ', '-')}", text="\n".join(rows) + "\n"
    )
