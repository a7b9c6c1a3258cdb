"""The templates of a target: found by name, read and lowered when code renders them."""

from collections.abc import Callable, Iterable

from countermine.catalogue.schema import Escapes
from countermine.core.spans import TreePath
from countermine.flow import ir
from countermine.flow.frame import Wanted
from countermine.flow.index import FunctionInfo, ModuleInfo, Project
from countermine.templates import django, jinja
from countermine.templates.html import is_html
from countermine.templates.page import Loaded, Page

TEXT_BYTES = 1 << 18
"""Longest template that is read; longer ones are documents."""
NESTED = 12
"""Templates that extend or include one another in a row."""
_ESCAPED_SUFFIXES = (".html", ".htm", ".xml", ".xhtml", ".svg")
_TEMPLATE = "<template>"


class Library:
    """Finds templates; remembers what it read."""

    def __init__(
        self,
        files: Iterable[tuple[TreePath, bool]],
        read: Callable[[TreePath], bytes | None],
        project: Project,
    ) -> None:
        """Know the files (each with whether it counts); ``read`` gives a file's bytes."""
        self._read = read
        self._project = project
        self._counts = dict(files)
        self._named: dict[str, list[TreePath]] = {}
        for path in self._counts:
            self._named.setdefault(path.rpartition("/")[2], []).append(path)
        self._modules: dict[TreePath, ModuleInfo | None] = {}
        self._loaded: dict[tuple[object, ...], Loaded | None] = {}
        self._open: list[TreePath] = []
        self._read_files: set[TreePath] = set()
        self._variants: dict[TreePath, int] = {}
        self.unread: set[TreePath] = set()
        """Files of which the syntax was not understood."""

    @property
    def opened(self) -> list[TreePath]:
        """Return the files that were read, in order."""
        return sorted(self._read_files)

    def find(self, wanted: Wanted) -> FunctionInfo | None:
        """Return a template as a function of what it shows; ``None`` if there is none."""
        if wanted.text is not None:
            loaded = self._inline(wanted, wanted.text)
        else:
            path = self._path(wanted.file or "", wanted.near.path)
            loaded = None if path is None else self._file(path, wanted)
        return None if loaded is None else loaded.function

    def mentions(self, wanted: Wanted, word: bytes) -> bool:
        """Tell whether a word stands in the text of a template itself."""
        if wanted.text is not None:
            return word.decode() in wanted.text
        path = self._path(wanted.file or "", wanted.near.path)
        module = None if path is None else self._module(path)
        return module is not None and word in module.text

    def _path(self, name: str, near: str) -> TreePath | None:
        """Return the file of a name: the one nearest to where it is rendered."""
        name = name.replace("\\", "/").removeprefix("./").lstrip("/").rpartition(":")[2]
        found = [
            path
            for path in self._named.get(name.rpartition("/")[2], ())
            if path == name or path.endswith("/" + name)
        ]
        if not found:
            return None
        return min(found, key=lambda path: (-_shared(path, near), path.count("/"), path))

    def _module(self, path: TreePath) -> ModuleInfo | None:
        if path not in self._modules:
            text = self._read(path)
            module = None
            if text is not None and len(text) <= TEXT_BYTES and b"\0" not in text:
                module = ModuleInfo(path, path, "", text, self._counts[path])
                self._project.adopt(module)
            self._modules[path] = module
        return self._modules[path]

    def _file(self, path: TreePath, wanted: Wanted) -> Loaded | None:
        escapes = wanted.escapes is Escapes.ALWAYS or (
            wanted.escapes is Escapes.SUFFIX and path.lower().endswith(_ESCAPED_SUFFIXES)
        )
        key = (path, wanted.syntax, escapes, wanted.globals)
        if key in self._loaded:
            return self._loaded[key]
        module = self._module(path)
        if module is None or path in self._open or len(self._open) >= NESTED:
            return None
        self._open.append(path)
        self._read_files.add(path)
        text = module.text.replace(b"\r\n", b" \n").replace(b"\r", b"\n").decode("latin-1")
        page = Page(
            text=text,
            html=is_html(path, text),
            escapes=escapes,
            load=lambda name: self._beside(name, path, wanted),
            module=module,
        )
        # A template that is rendered in several ways is as many functions.
        page.variant = self._variants[path] = self._variants.get(path, -1) + 1
        self._loaded[key] = self._lowered(page, wanted, page.variant, path)
        self._open.pop()
        return self._loaded[key]

    def _beside(self, name: str, path: TreePath, wanted: Wanted) -> Loaded | None:
        """Return a template that another one extends, includes or imports."""
        if name.startswith(("./", "../")):
            folders = path.split("/")[:-1]
            while name.startswith(("./", "../")):
                folders = folders[:-1] if name.startswith("../") else folders
                name = name.removeprefix("../") if name.startswith("../") else name[2:]
            name = "/".join([*folders, name])
        found = self._path(name, path)
        return None if found is None else self._file(found, wanted)

    def _inline(self, wanted: Wanted, source: str) -> Loaded | None:
        """Return a template that stands in the code; its place is the call."""
        module = wanted.near
        key = (module.path, wanted.place, wanted.syntax, wanted.escapes, wanted.globals, source)
        if key not in self._loaded:
            text = source.replace("\r\n", " \n").encode("utf-8").decode("latin-1")
            html = is_html("", text)
            page = Page(
                text=text,
                html=html,
                escapes=wanted.escapes is not Escapes.NEVER,
                load=lambda name: self._beside(name, module.path, wanted),
                fixed=wanted.place,
                module=module,
            )
            start, name = wanted.place[0], wanted.qualname
            self._loaded[key] = self._lowered(page, wanted, start, name)
        return self._loaded[key]

    def _lowered(self, page: Page, wanted: Wanted, start: int, qualname: str) -> Loaded | None:
        module = page.module
        function = FunctionInfo(module, _TEMPLATE, qualname, None, start, len(page.text), 0)
        body = django.lower(page) if wanted.syntax == "django" else jinja.lower(page)
        if body is None:
            self.unread.add(module.path)
            return None
        for name, called in page.called.items():
            module.bindings.setdefault(name, [called])
        body = [*(_global(name, ref, start) for name, ref in wanted.globals), *body]
        names = tuple(n for n in page.names if n not in dict(wanted.globals))
        parameters = [ir.Parameter(0, 0, name) for name in names]
        function.lowered = ir.Function(start, start, _TEMPLATE, 0, parameters, body)
        return Loaded(function, names, page.blocks, page.macros)


def _global(name: str, ref: str, start: int) -> ir.Stmt:
    """Return the binding of a name that every template sees."""
    value: ir.Expr = ir.Name(start, start, ref)
    if ref.rpartition(".")[2][:1].isupper():
        value = ir.Call(start, start, value, [])
    return ir.Assign(start, start, [ir.Name(start, start, name)], value)


def _shared(path: str, near: str) -> int:
    """Return how many folders two paths have in common from the root."""
    count = 0
    for mine, other in zip(path.split("/")[:-1], near.split("/")[:-1], strict=False):
        if mine != other:
            break
        count += 1
    return count
