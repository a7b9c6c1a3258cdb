"""Reads ``setup.cfg``, ``tox.ini``, ``setup.py`` and ``PKG-INFO`` as text: nothing of it is run."""

import ast
import configparser
import re
import warnings
from collections.abc import Iterable, Mapping
from email import message_from_string
from email.message import Message

from countermine.target.declared import Declared, is_test_extra
from countermine.target.requirements import logical_lines

_EXTRA_MARKER = re.compile(r"""\bextra\s*==\s*['"]([^'"]+)['"]""")


def read_setup_cfg(text: str) -> Declared:
    """Return what a ``setup.cfg`` declares to setuptools.

    Source: https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
    """
    parser = _parse_ini(text)
    if parser is None:
        return Declared(notes=("setup.cfg cannot be read",))
    tests = _lines(parser, "options", "tests_require")
    if parser.has_section("options.extras_require"):
        for extra in parser.options("options.extras_require"):
            if is_test_extra(extra):
                tests += _lines(parser, "options.extras_require", extra)
    requires: tuple[str, ...] | None = None
    if parser.has_option("options", "install_requires"):
        requires = tuple(_lines(parser, "options", "install_requires"))
    version = _value(parser, "metadata", "version")
    return Declared(
        name=_value(parser, "metadata", "name"),
        version=None if version and version.startswith(("attr:", "file:")) else version,
        requires_python=_value(parser, "options", "python_requires"),
        requires=requires,
        test_requires=tuple(tests),
    )


def read_tox(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the requirements of tox's ``[testenv]``, and the requirements files it names.

    Lines that hold for some environments only (``py27: mock``) are left out.

    Source: https://tox.wiki/en/latest/config.html
    """
    parser = _parse_ini(text)
    if parser is None:
        return (), ()
    requirements: list[str] = []
    files: list[str] = []
    for line in _lines(parser, "testenv", "deps"):
        named = re.fullmatch(r"-r\s*(?:\{tox_?ini_?dir\}/|\{toxinidir\}/|\./)?(\S+)", line)
        if named:
            files.append(named.group(1))
        elif not line.startswith(("-", "{")) and not re.match(r"[\w!{},.-]+\s*:\s", line):
            requirements.append(line)
    return tuple(requirements), tuple(files)


def read_setup_py(text: str) -> Declared:
    """Return what a ``setup.py`` passes to ``setup()`` as literals, or as names of literals."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Old escapes in what is only looked at.
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Declared()
    names = _module_literals(tree)
    arguments: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node.func) == "setup":
            for keyword in node.keywords:
                if keyword.arg:
                    arguments.setdefault(keyword.arg, _literal(keyword.value, names))
    tests = _texts(arguments.get("tests_require")) or ()
    extras = arguments.get("extras_require")
    if isinstance(extras, Mapping):
        for extra, listed in sorted(extras.items(), key=str):
            if is_test_extra(str(extra)):
                tests += _texts(listed) or ()
    return Declared(
        name=_text(arguments.get("name")),
        version=_text(arguments.get("version")),
        requires_python=_text(arguments.get("python_requires")),
        requires=_texts(arguments.get("install_requires")),
        test_requires=tests,
    )


def read_metadata(text: str, *, built: bool) -> Declared:
    """Return what core metadata says: ``METADATA`` of a wheel, ``PKG-INFO`` of a source archive.

    Args:
        text: The file.
        built: Whether a build made it. Source archives before metadata 2.2 may leave
            requirements out, so that none there says nothing.

    Source: https://packaging.python.org/en/latest/specifications/core-metadata/
    """
    message: Message = message_from_string(text)
    requires: list[str] = []
    tests: list[str] = []
    for line in message.get_all("Requires-Dist", []):
        extra = _EXTRA_MARKER.search(line)
        if extra is None:
            requires.append(line)
        elif is_test_extra(extra.group(1)):
            tests.append(without_extra(line))
    return Declared(
        name=message.get("Name"),
        version=message.get("Version"),
        requires_python=message.get("Requires-Python"),
        requires=tuple(requires) if requires or built else None,
        test_requires=tuple(tests),
    )


def read_egg_requires(text: str) -> Declared:
    """Return what ``requires.txt`` of an ``.egg-info`` folder says: the requirements as built."""
    section = ""
    requires: list[str] = []
    tests: list[str] = []
    for line in logical_lines(text):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            continue
        extra, _, marker = section.partition(":")
        requirement = f"{line} ; {marker}" if marker else line
        if not extra:
            requires.append(requirement)
        elif is_test_extra(extra):
            tests.append(requirement)
    return Declared(requires=tuple(requires), test_requires=tuple(tests))


def without_extra(line: str) -> str:
    """Return a requirement without the condition on an extra that its marker holds."""
    requirement, _, marker = line.partition(";")
    clauses = re.split(r"\s+and\s+", marker.strip())
    kept = [clause for clause in clauses if not _EXTRA_MARKER.search(clause)]
    rest = " and ".join(kept)
    if not rest or rest.count("(") != rest.count(")"):
        return requirement.strip()
    return f"{requirement.strip()} ; {rest}"


def ini_lines(text: str, section: str, option: str) -> list[str]:
    """Return the lines of an option of an INI file; none where it has none or cannot be read."""
    parser = _parse_ini(text)
    return [] if parser is None else logical_lines(parser.get(section, option, fallback=""))


def _parse_ini(text: str) -> configparser.ConfigParser | None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return parser


def _value(parser: configparser.ConfigParser, section: str, option: str) -> str | None:
    return parser.get(section, option, fallback="").strip() or None


def _lines(parser: configparser.ConfigParser, section: str, option: str) -> list[str]:
    text = parser.get(section, option, fallback="")
    if "\n" not in text.strip() and ";" in text and not re.search(r";\s*\w+\s*[<>=!]", text):
        text = text.replace(";", "\n")
    return logical_lines(text)


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _module_literals(tree: ast.Module) -> dict[str, object]:
    names: dict[str, object] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name):
                value = _literal(node.value, names)
                if value is not None:
                    names[target.id] = value
    return names


def _literal(node: ast.expr, names: Mapping[str, object]) -> object:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_literal(item, names) for item in node.elts]
    if isinstance(node, ast.Dict):
        return {
            _literal(key, names): _literal(value, names)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant)
        }
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _literal(node.left, names), _literal(node.right, names)
        if isinstance(left, list) and isinstance(right, list):
            return left + right
    return node.value if isinstance(node, ast.Constant) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return tuple(logical_lines(value))
    if isinstance(value, list):
        return tuple(_of_texts(value))
    return None


def _of_texts(values: Iterable[object]) -> Iterable[str]:
    return (value for value in values if isinstance(value, str))
